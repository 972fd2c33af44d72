"""Words of a free text, judged: serials, possible serials, and other things."""

import re
from dataclasses import dataclass

from infrastructure.text import blanked
from provisioning.imports.parsing.entries import Entry, Item, Rejected, with_doubt
from provisioning.imports.parsing.tokens import glued, others
from provisioning.imports.parsing.tokens.cells import read_serial, short
from provisioning.imports.parsing.tokens.computer_names import is_host
from provisioning.imports.parsing.tokens.labels import (
    OLD_LABEL,
    OTHER_LABEL,
    REPLACED,
    SERIAL_LABEL,
)
from provisioning.imports.parsing.tokens.serial_shapes import (
    CAPRICIOUS,
    LONGEST,
    SHORTEST,
    as_meant,
    is_apple,
    is_capricious,
    is_code,
    is_plain,
    looks_serial,
    may_be_letters,
    reason_against,
    reject,
)
from provisioning.values.serials import VMWARE, InvalidSerial, Serial

SHORTEST_OTHER = 8  # characters of a virtual Mac's serial that stands alone in its line
MAX_WRONG = 2  # characters that no serial has, in what may be one all the same
SHORT_ALONE = 5  # what is shorter is a model, a size, a quantity
SERIAL, OTHER, OLD = "serial", "other", "old"  # the label before a word
SLASH = "\ue002"  # of VMware's serials, meanwhile: all other slashes separate words
FILLER = "\ue003"  # in place of what is NEVER a serial: the label before it is not the next one's
OLD_PLANT = "C0"  # begins many serials that Apple gave before 2021
LONGEST_SAID = 30  # characters of what could be one or two serials, if it stood alone
MAX_JOINED = 200  # serials in one word
JOINED = "was written without anything between it and the next one"
COUNTED = "it looks like an asset's or an order's number: letters, then digits"

_VMWARE = re.compile(rf"(?<![A-Za-z0-9+/=._-]){VMWARE}(?![A-Za-z0-9+/=_-])")
_IDENTIFIER = re.compile(r"(?<![A-Za-z0-9])\][A-Za-z][0-9](?=[A-Za-z0-9]{10})")  # of a scanner
_BULLET = re.compile(r"^\s*(?:[-*+>]|\(?\d{1,4}[.)])\s+")
_WORD = re.compile(r"[^\s,;|/\\:()\[\]{}<>#&]+")
_WORD_AND_NUMBER = re.compile(r"(?=[A-Z]*[a-z])[A-Za-z]{4,}\d{1,4}")
STRANGER = re.compile(r"(?=\D*\d)(?=.*[A-Z])[A-Z0-9]{7,9}|[A-Z0-9]{13,14}")  # of other makers
_PREFIXED = re.compile(
    r"(?:[A-Za-z]{2,6}\d{0,2}[-_])([A-Za-z0-9]{10,12})|([A-Za-z0-9]{10,12})(?:[-_][A-Za-z]{2,6}|\.[a-z]{2,6})"
)
_SIGN = re.compile(r"[+=._-]")
_FIELD = re.compile(r"[A-Za-z]{2,20}=\w")  # such as name=lab-07
_BETWEEN = re.compile(r"[^A-Z0-9]+")
_OLD_LENGTH = 11


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a line: its text, where it begins, and the label that stands before it."""

    text: str
    start: int
    label: str = ""


def words(line: str) -> list[Word]:
    """Return the words of a line that may be serials, each with the label before it."""
    if (only := line.strip()).isalnum() and not others.NEVER.fullmatch(only):
        return [Word(only, line.index(only))]
    if "/" in line:
        line = _VMWARE.sub(lambda found: found[0].replace("/", SLASH), line)
    if "]" in line:
        line = _IDENTIFIER.sub(_blank, line)
    line = _BULLET.sub(_blank, others.NEVER.sub(lambda match: FILLER * len(match[0]), line))
    spans, labels = _labels_in(line)
    line = blanked(line, spans)
    return [
        Word(match[0].replace(SLASH, "/"), match.start(), labels.get(match.start(), ""))
        for match in _WORD.finditer(line)
        if FILLER not in match[0]
    ]


def _labels_in(form: str) -> tuple[list[tuple[int, int]], dict[int, str]]:
    """The spans of the labels in a line, and the meanings of these by their ends."""
    spans: list[tuple[int, int]] = []
    labels: dict[int, str] = {}
    for label, pattern in ((OTHER, OTHER_LABEL), (SERIAL, SERIAL_LABEL)):
        found = [match.span() for match in pattern.finditer(form)]
        spans += found
        labels |= dict.fromkeys((end for _, end in found), label)
        form = pattern.sub(_blank, form)
    labels |= {match.end(): OLD for match in OLD_LABEL.finditer(form)}
    return spans, labels


def judge(word: Word, where: str, *, alone: bool, beside: bool = False) -> Item | None:
    """Return the entry or the rejection for one of the `words`; None where it is something else.

    `alone`: there is nothing but possible serials in its line; `beside`: there is a serial in it.
    """
    bare = bared(word.text)
    if word.label == SERIAL:
        may_be = re.search(r"\d", bare) or (is_apple(bare) and bare.isupper())
        return read_serial(bare, where) if may_be and len(bare) >= len("C02") else None
    if len(bare) < SHORT_ALONE or (bare.isalpha() and not bare.isupper()):
        return None
    if not word.label and is_plain(bare):
        return read_serial(bare, where)
    return _judge_doubtful(word, bare, where, alone=alone, beside=beside)


def _judge_doubtful(word: Word, bare: str, where: str, *, alone: bool, beside: bool) -> Item | None:
    """As `judge`, for what is no plain serial."""
    alone = alone and not (beside and others.is_counted(bare.upper()))
    if reason := _other(bare, word.label, alone=alone):
        is_like = is_code(bare) and SHORTEST_OTHER <= len(bare) <= LONGEST + 2
        is_tempting = is_like if bare.isalnum() else any(map(looks_serial, _BETWEEN.split(bare)))
        return reject(bare, where, reason) if is_tempting else None
    serial, doubt = _serial(bare)
    if serial and may_be_letters(serial.text):
        return Entry(serial, where=where, doubt=doubt)
    if serial and (_is_likely(serial) or (alone and _is_possible(bare))):
        text, lost = serial.text, None
        if word.text.endswith("?") and len(text) == _OLD_LENGTH and not doubt:
            lost = "has a question mark behind it; is a character missing?"
        other = others.kind_of(text) or (COUNTED if others.is_counted(text) else None)
        entry = Entry(serial, where=where, doubt=doubt)
        return with_doubt(entry, lost, f"may be none: {other}" if other else short(text))
    return (_left_alone(bare, where) if alone else None) or _nearly(bare, where)


def joined(word: str, where: str) -> list[Entry]:
    """Return the serials in a word that a scanner wrote without anything between them."""
    bare = bared(word).upper()
    if len(bare) < 2 * SHORTEST:
        return []
    parts = _BETWEEN.split(bare)
    if 1 < len(parts) <= MAX_JOINED and all(map(looks_serial, parts)):
        return [Entry(Serial(text), where=where) for text in parts]
    for letter, length in (
        ("S", LONGEST),
        ("S", SHORTEST),
        ("", LONGEST),
        ("", SHORTEST),
    ):
        step = len(letter) + length
        parts = [bare[at : at + step] for at in range(0, len(bare), step)]
        inner = [part.removeprefix(letter) for part in parts]
        is_even = 1 < len(parts) <= MAX_JOINED and all(len(part) == length for part in inner)
        if is_even and all(map(looks_serial, inner)):
            return [Entry(Serial(text), where=where, doubt=JOINED) for text in inner]
    return []


def may_be_alone(words: list[Word]) -> bool:
    """Return True if a line has only one word, or only words that may be serials."""
    if len(words) == 1:
        return True
    bare = [bared(word.text) for word in words]
    return min(map(len, bare), default=LONGEST) >= SHORTEST_OTHER and all(
        (serial := _serial(word)[0])
        and (_is_likely(serial) or _is_possible(word) or may_be_letters(word))
        for word in bare
    )


def bared(word: str) -> str:
    """Return a word without the signs that people put around it."""
    if word.isalnum():
        return word
    bare = word.lstrip(".!?*~_-+=").rstrip(".!?*~")
    inner = bare.rstrip("-_+=")
    return inner if is_apple(inner) and is_code(inner) else bare.rstrip("-")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _serial(bare: str) -> tuple[Serial | None, str | None]:
    """The serial that a word means, and the doubt about that."""
    try:
        serial, doubt = as_meant(bare)
    except InvalidSerial:
        return None, None
    if is_apple(bare) and is_capricious(bare):
        doubt = "; ".join(filter(None, (doubt, CAPRICIOUS)))
    return serial, doubt


def _is_likely(serial: Serial) -> bool:
    """In any sentence: letters and digits in capitals, about as many as Apple's serials have."""
    text = serial.text
    is_near = SHORTEST - 1 <= len(text) <= LONGEST + 2 and text.isalnum() and text == text.upper()
    return is_code(text) and is_near


def _is_possible(bare: str) -> bool:
    """True for a virtual Mac's serial, or Apple's shape with digits only, alone in its text."""
    if is_apple(bare) and bare.isdigit():
        return True
    parts = _SIGN.split(bare)
    is_none = len(parts) > 1 and (others.is_counted(bare) or any(map(looks_serial, parts)))
    is_long = is_code(bare) and len(bare) >= SHORTEST_OTHER
    return is_long and not (is_none or is_host(bare) or _FIELD.match(bare))


def _left_alone(bare: str, where: str) -> Rejected | None:
    """The rejection of a word alone in its line that could be a serial."""
    if is_apple(bare) and bare.isupper() and not set(bare) & {"O", "I"}:
        return reject(bare, where, "it has no digit, so it is taken for a word")
    length = len(bare)
    is_near = length < SHORTEST_OTHER or LONGEST + 2 < length <= LONGEST_SAID
    if is_code(bare) and is_near and bare == bare.upper() and not reason_against(bare):
        return reject(bare, where, f"Apple's serials have 10 to 12 characters, not {length}")
    return None


def _other(bare: str, label: str, *, alone: bool) -> str | None:
    """The reason why a word is no serial although it may look like one."""
    if label == OTHER:
        return "it stands behind another label, such as an order's or a part's"
    if label == OLD and looks_serial(bare):
        return REPLACED
    text = bare.upper()
    if others.is_hash(bare) and not (alone and len(bare) == SHORTEST):
        return "it looks like the beginning of a hash"
    if bare != text and _WORD_AND_NUMBER.fullmatch(bare):
        return "it looks like a word; write it in capitals if it is a serial"
    reason = others.kind_of(text)
    if reason and not (alone and reason == others.MAC and text.startswith(OLD_PLANT)):
        return reason
    return COUNTED if others.is_counted(text) and not alone else None


def _nearly(bare: str, where: str) -> Item | None:
    """The rejection of a word that has a serial in it, or one wrong character in a serial."""
    match = _PREFIXED.fullmatch(bare)
    if match and looks_serial(inner := match[1] or match[2]):
        return Entry(Serial(inner.upper()), where=where, doubt=glued.INSIDE)
    if bare.isascii() and any(looks_serial(p) for p in re.split(r"[^A-Za-z0-9]+", bare)):
        return reject(bare, where, "more than a serial is in it; put a space around the serial")
    good = re.sub(r"[^A-Za-z0-9]", "", bare)
    wrong = len(bare) - len(good)
    is_near = 0 < wrong <= MAX_WRONG and SHORTEST - 1 <= len(bare) <= LONGEST + 1
    reason = reason_against(bare)
    if is_near and reason and is_code(good) and sum(map(str.isdigit, good)) > 1:
        return reject(bare, where, reason)
    return None
