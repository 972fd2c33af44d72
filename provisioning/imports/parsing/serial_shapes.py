"""Shapes of serials: Apple's own, additions by labels, and texts that are nearly serials."""

import re

from provisioning.imports.parsing.entries import Rejected
from provisioning.values.serials import InvalidSerial, Serial

SHORTEST, LONGEST = 10, 12  # characters of the serials that Apple has given its Macs
LONGEST_SHOWN = 80  # characters of a rejected text

_APPLE = re.compile(rf"[A-Z0-9]{{{SHORTEST},{LONGEST}}}", re.ASCII | re.IGNORECASE)
_ALMOST = re.compile(rf"[A-Z0-9]{{{SHORTEST - 1}}}|[A-Z0-9]{{{LONGEST + 1}}}", re.ASCII)
_LETTER, _DIGIT = re.compile(r"[A-Za-z]"), re.compile(r"[0-9]")


def is_apple(text: str) -> bool:
    """Tell if `text` has the length and characters of Apple's serials, in either case."""
    return _APPLE.fullmatch(text) is not None


def is_mixed(text: str) -> bool:
    """Tell if there is a letter and a digit in `text`, as in nearly every serial."""
    return bool(_LETTER.search(text) and _DIGIT.search(text))


def as_meant(text: str) -> Serial:
    """Return the serial in `text`: Apple's in upper case, any other as it was written.

    An S that Apple's labels put before a serial is removed where the text would be too long with
    it. Raises InvalidSerial.
    """
    text = text.strip()
    if len(text) == LONGEST + 1 and text[0] in "Ss" and is_apple(text[1:]) and is_mixed(text[1:]):
        text = text[1:]
    return Serial.parse(text.upper() if is_apple(text) else text)


def doubt_of(serial: Serial) -> str | None:
    """Return the reason why a person should check a valid serial, or None."""
    text = serial.text
    if serial.is_placeholder:
        return "is what Macs without a serial number say; does it have none of its own?"
    if _ALMOST.fullmatch(text):
        slip = "is one missing" if len(text) < SHORTEST else "is one too many"
        return f"has {len(text)} characters, Apple's serials have 10 to 12; {slip}?"
    if not (is_apple(text) and text == text.upper()):
        return None
    doubts = [*_foreign_letters(text)]
    if not is_mixed(text):
        doubts.append(
            "has only digits; a product's barcode?"
            if text.isdigit()
            else "has no digit; an ordinary word?"
        )
    if len(text) == SHORTEST + 1 and text.startswith("S"):
        doubts.append(f"begins with an S, which labels put before a serial; {text[1:]}?")
    return "; ".join(doubts) or None


def reject(text: str, where: str, reason: str) -> Rejected:
    """Return the rejection of a text, which is cut to LONGEST_SHOWN characters."""
    shortened = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
    return Rejected(shortened, where, reason)


def reason_against(text: str) -> str | None:
    """Return the reason why `text` cannot be a serial, or None where it can."""
    try:
        Serial.parse(text)
    except InvalidSerial as error:
        return error.reason
    return None


def _foreign_letters(text: str) -> list[str]:
    return [
        f"has a letter {letter}, which Apple never uses; a {digit}?"
        for letter, digit in (("O", "zero"), ("I", "one"))
        if letter in text
    ]
