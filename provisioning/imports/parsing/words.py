"""Words of a free text, judged: serials, possible serials, and other things."""

import re

from provisioning.imports.parsing.columns import looks_serial
from provisioning.imports.parsing.entries import Entry, Rejected, with_doubt
from provisioning.imports.parsing.rows import read_cell
from provisioning.imports.parsing.serial_shapes import (
    LONGEST,
    SHORTEST,
    as_meant,
    doubt_of,
    is_apple,
    is_mixed,
    reason_against,
    reject,
)
from provisioning.values.serials import VMWARE, InvalidSerial, Serial

SHORTEST_OTHER = 8  # characters of a virtual Mac's serial that stands alone in its line
MOST_WRONG = 2  # characters that no serial has, in what may be one all the same
SHORT_ALONE = 5  # what is shorter is a model, a size, a quantity
SERIAL, OTHER = "\ue000", "\ue001"  # stand before a word that follows a label, in place of it
SLASH = "\ue002"  # of VMware's serials, meanwhile: all other slashes separate words

_NUMBER = r"(?:\s*(?:numbers?|nos?|num|nr|id|code|#)(?!\w))?[\s.:#=-]*"
_SERIAL_LABEL = re.compile(
    rf"(?<!\w)(?:(?:serials?|s\s?/\s?n|sn|seriennummern?|seriennr|seriale?"
    rf"|n[uú]m[eé]ros? de s[eé]rie|n[°ºo]\s?de s[eé]rie)(?!\w)|\(\s?s\s?\)){_NUMBER}",
    re.IGNORECASE,
)
_OTHER_LABEL = re.compile(
    rf"(?<!\w)(?:(?:orders?|po|p\.o\.|invoice|tracking|imei2?|meid|eid|iccid|mac\saddress|wi-?fi"
    rf"|ethernet|bluetooth|part|p/n|model|sku|upc|ean|gtin|customer|account|delivery|shipment"
    rf"|quote|ref|reference|phone|tel|fax|mobile|uuid|udid|asset(?:\stag)?)(?!\w)|\(\s?1p\s?\))"
    rf"{_NUMBER}(?:(?:address){_NUMBER})?",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"(?:https?|ftp)://\S+|www\.\S+|[^\s@,;<>]{1,64}@[^\s,;<>]+"  # addresses
    r"|\b\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?\b"  # dates
    r"|\b(?:1P)?[A-Z0-9]{4,6}[A-Z]{1,2}/[A-Z]\b"  # Apple's part numbers
    r"|\b1P(?:[A-Z][A-Z0-9]{3,4}[A-Z]{1,2}|Z[01][A-Z0-9]{2,7})\b"
    r"|\bZ[01][A-Z0-9]{2}(?:[A-Z0-9]{5})?\b"
    r"|\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b"  # UUIDs
    r"|\b1Z[A-Z0-9]{16}\b"  # a carrier's parcels
    r"|\bA\d{4}\b"  # Apple's model numbers
    r"|\b\d+(?:[.,]\d+)?(?:[KMGT]B|[KMG]Hz|inch|mm|cm|kg|mAh|W)\b"
)
_VMWARE = re.compile(rf"(?<![A-Za-z0-9+/=._-]){VMWARE}(?![A-Za-z0-9+/=_-])")
_BULLET = re.compile(r"^\s*(?:[-*+>]|\(?\d{1,4}[.)])\s+")
_SEPARATORS = re.compile(r"[\s,;|/\\:()\[\]{}<>#&]+")
_ORDER = re.compile(r"W\d{9,10}")  # of Apple's shop
_WORD_AND_NUMBER = re.compile(r"(?=[A-Z]*[a-z])[A-Za-z]{4,}\d{1,4}")
_SIGN = re.compile(r"[+=._-]")
_OLD_LENGTH = 11


def words(line: str) -> list[str]:
    """Return the words of a line that may be serials, with a mark after a label."""
    line = _VMWARE.sub(lambda found: found[0].replace("/", SLASH), line)
    line = _BULLET.sub("", _NEVER.sub(" ", line))
    line = _OTHER_LABEL.sub(f" {OTHER}", _SERIAL_LABEL.sub(f" {SERIAL}", line))
    split = [word for word in _SEPARATORS.split(line) if word.strip(SERIAL + OTHER)]
    return [word.replace(SLASH, "/") for word in split]


def judge(word: str, where: str, *, alone: bool) -> Entry | Rejected | None:
    """Return the entry or the rejection for one of the `words`; None where it is something else.

    `alone`: there is nothing but possible serials in its line.
    """
    unmarked = word.lstrip(SERIAL + OTHER)
    mark, bare = word[: -len(unmarked)], _bare(unmarked)
    if mark == SERIAL:
        return _labelled(bare, where)
    if len(bare) < SHORT_ALONE:
        return None
    if reason := _other(bare, mark):
        return reject(bare, where, reason) if looks_serial(bare) else None
    serial = _serial(bare)
    if serial and (_is_likely(serial) or (alone and _is_possible(bare))):
        return with_doubt(Entry(serial, where=where, doubt=doubt_of(serial)), _asked(word, serial))
    return (_left_alone(bare, where) if alone else None) or _nearly(bare, where)


def may_be_alone(words: list[str]) -> bool:
    """Tell if a line has only one word, or only words that may be serials."""
    if len(words) == 1:
        return True
    bare = [_bare(word.lstrip(SERIAL + OTHER)) for word in words]
    return all(
        (serial := _serial(word)) and (_is_likely(serial) or _is_possible(word)) for word in bare
    )


def _serial(bare: str) -> Serial | None:
    try:
        return as_meant(bare)
    except InvalidSerial:
        return None


def _is_likely(serial: Serial) -> bool:
    """In any sentence: Apple's shape, or one character more or less of it in capitals."""
    text = serial.text
    return is_mixed(text) and (is_apple(text) or doubt_of(serial) is not None)


def _is_possible(bare: str) -> bool:
    """True for a virtual Mac's serial, or Apple's shape with digits only, alone in its text."""
    return (is_mixed(bare) and len(bare) >= SHORTEST_OTHER) or (is_apple(bare) and bare.isdigit())


def _left_alone(bare: str, where: str) -> Rejected | None:
    """The rejection of a word alone in its line that could be a serial."""
    if is_apple(bare) and bare.isupper() and not set(bare) & {"O", "I"}:
        return reject(bare, where, "it has no digit, so it is taken for a word")
    if is_mixed(bare) and SHORT_ALONE <= len(bare) < SHORTEST_OTHER and not reason_against(bare):
        return reject(bare, where, f"Apple's serials have 10 to 12 characters, not {len(bare)}")
    return None


def _labelled(bare: str, where: str) -> Entry | Rejected | None:
    if not re.search(r"\d", bare) and not (is_apple(bare) and bare.isupper()):
        return None
    return None if len(bare) < len("C02") else read_cell(bare, where)


def _other(bare: str, mark: str) -> str | None:
    """The reason why a word is no serial although it may look like one."""
    if mark == OTHER:
        return "it stands behind another label, such as an order's or a part's"
    if _ORDER.fullmatch(bare):
        return "it looks like an order's number"
    if bare != bare.upper() and _WORD_AND_NUMBER.fullmatch(bare):
        return "it looks like a word; write it in capitals if it is a serial"
    return None


def _nearly(bare: str, where: str) -> Rejected | None:
    """The rejection of a word that has a serial in it, or one wrong character in a serial."""
    if any(looks_serial(part) for part in _SIGN.split(bare)):
        return reject(bare, where, "more than a serial is in it; put a space around the serial")
    good = re.sub(r"[^A-Za-z0-9]", "", bare)
    wrong = len(bare) - len(good)
    is_near = 0 < wrong <= MOST_WRONG and SHORTEST - 1 <= len(bare) <= LONGEST + 1
    reason = reason_against(bare)
    if is_near and reason and is_mixed(good) and sum(map(str.isdigit, good)) > 1:
        return reject(bare, where, reason)
    return None


def _asked(word: str, serial: Serial) -> str | None:
    if word.endswith("?") and len(serial.text) == _OLD_LENGTH:
        return "has a question mark behind it; is a character missing?"
    return None


def _bare(word: str) -> str:
    is_slanted = word.startswith("_") and word.endswith("_")
    return word.lstrip(".!?*~_-+=").rstrip(".!?*~_" if is_slanted else ".!?*~")
