"""Shapes of serials: Apple's own, additions by labels, and texts that are nearly serials."""

import re
import string
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from provisioning.imports.parsing.entries import Rejected
from provisioning.imports.parsing.tokens import labels, others, signs
from provisioning.values.serials import VMWARE, InvalidSerial, Serial

SHORTEST, LONGEST = 10, 12  # characters of the serials that Apple has given its Macs
LONGEST_SHOWN = 80  # characters of a rejected text

_IN_LINE = re.compile(r"(?<![A-Za-z0-9])(?=[A-Z]*[0-9])[A-Z0-9]{10,12}(?![A-Za-z0-9])")
# A word of their length among others.
SERIAL_WORD = re.compile(rf"(?<![A-Za-z0-9])[A-Za-z0-9]{{{SHORTEST},{LONGEST}}}(?![A-Za-z0-9])")
_APPLE = re.compile(rf"[A-Z0-9]{{{SHORTEST},{LONGEST}}}", re.ASCII | re.IGNORECASE)
# Most serials of 12 characters begin so; of 34³ that Apple draws since 2021, one.
_CUT = re.compile(r"C02[A-Z0-9]{7,8}", re.ASCII)
# A plant, the year's last digit and the week, and six characters.
_BEFORE_2010 = re.compile(r"[A-Z0-9]{2}[0-9][0-5][0-9][A-Z0-9]{6}", re.ASCII)
ELEVEN = "has 11 characters, as no Mac's serial since 2010; is one missing or too many?"
OTHER_FORM = "has another form than Apple's serials; is it a virtual Mac's?"
CUT = "begins as Apple's serials of 12 characters do; is its end missing?"
_PLAINEST = re.compile(
    rf"(?!{_CUT.pattern}$)"
    r"(?!SN[A-Z0-9]{10}$)[A-HJ-NP-RT-Z0-9][A-HJ-NP-Z0-9]{9}(?:[A-HJ-NP-Z0-9]{2})?",
    re.ASCII,
)
_ALMOST = re.compile(
    rf"[A-Z0-9]{{{SHORTEST - 1}}}|[A-Z0-9]{{{LONGEST + 1},{LONGEST + 2}}}", re.ASCII
)
DIGITS = "has only digits; a product's barcode?"
NO_DIGIT = "has no digit; an ordinary word?"
CAPRICIOUS = "has capital and small letters; a password?"
SCANNED = "was written with an S before it, as labels have it"  # the doubt of such a serial
LABELS = ("S", "SN")  # before serials, without a space
_LETTER, _DIGIT = re.compile(r"[A-Za-z]"), re.compile(r"[0-9]")
_LETTERS, _VOWEL = re.compile(r"[A-HJ-NP-Z]{10}(?:[A-HJ-NP-Z]{2})?"), re.compile(r"[AEUY]")


def is_apple(text: str) -> bool:
    """Return True if `text` has the length and characters of Apple's serials, in either case."""
    return _APPLE.fullmatch(text) is not None


@lru_cache(maxsize=others.RECENT)
def looks_serial(cell: str) -> bool:
    """Return True if a cell looks like a serial of Apple's, in any column."""
    if not (is_apple(cell) and is_code(cell)) or others.is_hash(cell):
        return False
    text = cell.upper()
    return others.kind_of(text) is None and not others.is_counted(text)


def is_plain(text: str) -> bool:
    """Return True if a text is surely a serial of Apple's, as nearly all in a list are."""
    return looks_serial(text) and _PLAINEST.fullmatch(text) is not None


def serials_in(text: str) -> list[str]:
    """Return the words in a text that look like serials."""
    return [word for word in SERIAL_WORD.findall(text) if looks_serial(word)]


def without_serials(line: str, is_kept: Callable[[str], bool]) -> str:
    """Return the line with a 0 for each character of what may be a serial and is not kept."""
    return _IN_LINE.sub(lambda match: match[0] if is_kept(match[0]) else "0" * len(match[0]), line)


def around_serial(line: str) -> tuple[str, str, str] | None:
    """Return the only plain serial in a line, and the texts before and behind it; else None."""
    found = [match for match in _IN_LINE.finditer(line) if is_plain(match[0])]
    if len(found) != 1:
        return None
    return found[0][0], line[: found[0].start()], line[found[0].end() :]


def is_code(text: str) -> bool:
    """Return True if a text is no word: it has letters and digits, or is a serial of letters.

    Of Apple's serials one in thirty has no digit. Of these, no word has as few vowels as half.
    """
    if _LETTER.search(text) and _DIGIT.search(text):
        return True
    return _LETTERS.fullmatch(text) is not None and (is_old(text) or len(_VOWEL.findall(text)) <= 1)


def may_be_letters(text: str) -> bool:
    """Return True if capital letters may be a serial, as they can hardly be said as a word.

    The other half of the serials without a digit are among them, and rare words: to be asked about.
    """
    return _LETTERS.fullmatch(text) is not None and not others.is_word(text)


def is_capricious(bare: str) -> bool:
    """Return True if capital and small letters alternate, as in passwords and short links."""
    letters = "".join(filter(str.isalpha, bare))
    if re.fullmatch(VMWARE, bare):
        return False
    is_even = letters.isupper() or letters[1:].islower() or letters.islower()
    return bool(letters) and not is_even


def is_old(text: str) -> bool:
    """Return True if a text begins as most of Apple's serials before 2021; no word does."""
    return len(text) == LONGEST and text[:3] in others.OLD_PLANTS


def as_meant(text: str) -> tuple[Serial, str | None]:
    """Return the serial in `text` and a doubt: Apple's in upper case, any other as it was written.

    An S or SN that labels put before a serial is removed: without a doubt where the text would be
    too long with it, with SCANNED where it has eleven characters, as no Mac has had since 2010.
    Raises InvalidSerial.
    """
    text = text.strip()
    is_longer = len(text) in (SHORTEST + 1, LONGEST + 1)
    label = text[:1] if is_longer and text[:1] in {"S", "s"} else ""
    if len(text) == LONGEST + len("SN") and text[:2].upper() == "SN":
        label = text[:2]  # before one of ten it may be the serial's own
    bare = text[len(label) :]
    is_led = label and is_apple(bare)
    if is_led and (is_code(bare) or may_be_letters(bare.upper())):
        serial = Serial.parse(bare.upper())
        doubts = [SCANNED] if len(bare) == SHORTEST else []
        return serial, "; ".join(filter(None, [*doubts, doubt_of(serial)])) or None
    serial = Serial.parse(text.upper() if is_apple(text) else text)
    return serial, "; ".join(filter(None, (doubt_of(serial), lost_from(serial.text)))) or None


def lost_from(text: str) -> str | None:
    """Return the doubt about a text in a list that may be a serial without some of its characters.

    What a person types alone, or a program sends, is meant as it is.
    """
    if _CUT.fullmatch(text):
        return CUT
    is_eleven = len(text) == SHORTEST + 1 and is_apple(text) and is_code(text)
    return ELEVEN if is_eleven and not _BEFORE_2010.fullmatch(text.upper()) else None


def typed(text: str) -> Serial:
    """Return the serial that a person typed into a field, on a phone or out of a text.

    Labels, groups and the punctuation around it are none of it. Raises InvalidSerial.
    """
    plain = unicodedata.normalize("NFKC", signs.UNSEEN.sub("", text))
    around = signs.AROUND + string.whitespace
    text = plain.strip(around)
    label = labels.SERIAL_LABEL.match(text)
    bare = text[label.end() :].strip(around) if label else text
    joined = re.sub(r"[\s-]", "", bare)
    serial = Serial.parse(joined if is_apple(joined) else bare)
    return Serial(serial.key) if is_apple(serial.text) else serial


def doubt_of(serial: Serial) -> str | None:
    """Return the reason why a person should check a valid serial, or None."""
    text = serial.text
    if serial.is_placeholder:
        return "is what Macs without a serial number say; does it have none of its own?"
    if (text.isalpha() and not is_apple(text)) or (text.isdigit() and len(text) < SHORTEST - 1):
        return NO_DIGIT if text.isalpha() else DIGITS
    if _ALMOST.fullmatch(text):
        slip = "is one missing" if len(text) < SHORTEST else "is one too many"
        return f"has {len(text)} characters, Apple's serials have 10 to 12; {slip}?"
    if len(text) > LONGEST and text.isalnum():
        return f"has {len(text)} characters, Apple's serials have 10 to 12"
    if not (is_apple(text) and text == text.upper()):
        return None
    doubts = [
        f"has a letter {letter}, which Apple never uses; a {digit}?"
        for letter, digit in (("O", "zero"), ("I", "one"))
        if letter in text
    ]
    if not is_code(text):
        doubts.append(DIGITS if text.isdigit() else NO_DIGIT)
    for label in LABELS:
        if len(text) == SHORTEST + len(label) and text.startswith(label):
            bare = text.removeprefix(label)
            doubts.append(f"begins with an {label}, which labels put before a serial; {bare}?")
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
        signs = "".join(re.findall(r"[^A-Za-z0-9+=._-]", text))
        is_near = len(signs) == 1 and signs.isascii() and SHORTEST <= len(text) <= LONGEST
        return (
            f"its {signs} is no letter and no digit; type what stands there"
            if is_near
            else error.reason
        )
    return None
