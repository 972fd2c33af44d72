"""The fields in a barcode of a Mac's box: serials, and texts that only look like one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Comma and semicolon, white space, and the controls that part fields of ISO/IEC 15434.
_BETWEEN_FIELDS = re.compile(r"[,;\s\x04\x1c-\x1f]+")
_SHAPE = re.compile(r"[A-Z0-9]{10,13}", re.ASCII)
_APPLES = re.compile(r"[A-HJ-NP-Z0-9]{10,12}", re.ASCII)
_NETWORK_ADDRESS = re.compile(r"[0-9A-F]{12}", re.ASCII)
_IDENTIFIER = "S"  # the data identifier of a serial, as ANSI MH10.8.2 has it
# In codes that people made: a label, JSON, or an address such as `…/hardware/byserial/C02…`.
_LABELLED = re.compile(
    r"(?:\bS/?N|SERIAL(?:[ _]?(?:NUMBER|NO))?)[\"']?\s?[:=#/]\s?"
    r"[\"']?([A-HJ-NP-Z0-9]{10,12})(?!\w)",
    re.IGNORECASE | re.ASCII,
)
# The application identifiers of an article and of its serial, as GS1 has them.
_GS1 = re.compile(r"\(?01\)?\d{14}\x1d?\(?21\)?([A-HJ-NP-Z0-9]{10,12})(?!\w)", re.ASCII)
_PART_NUMBER = "1P"
# Of Macs as they are sold, of those that are built to order, and of spare parts.
_APPLES_PART = re.compile(
    r"(?:30|1)P(?:[A-Z0-9]{4,6}[A-Z]{1,2}/[A-Z]|[A-Z][A-Z0-9]{3,4}[A-Z]{1,2}"
    r"|Z[A-Z0-9]{3,8}(?:[A-Z]{1,2}/[A-Z])?|\d{3}-\d{5})",
    re.ASCII,
)
_IMEI_LENGTH, _EID_LENGTH = 15, 32


@dataclass(frozen=True, slots=True)
class Field:
    """A text that can be a serial; `marked` by an S before it."""

    text: str
    marked: bool

    @property
    def shaped(self) -> bool:
        """True if it has the shape of Apple's: 10 to 12 capitals and digits, no O and no I."""
        return _APPLES.fullmatch(self.text) is not None


def serials(text: str) -> Iterator[Field]:
    """Yield the fields in the text of one barcode that can be serials.

    Not part numbers (1P…), product codes and the numbers of phone modules (digits only), nor the
    addresses of Wi-Fi and Bluetooth (12 hexadecimal digits; a serial of those is known by its S).
    """
    if said := _LABELLED.findall(text) or _GS1.findall(text):
        yield from (Field(serial.upper(), marked=True) for serial in said)
        return
    fields = [field for part in _BETWEEN_FIELDS.split(text) for field in _field(part)]
    marked = any(field.marked for field in fields)
    yield from (field for field in fields if field.marked or not marked)


def is_of_phone(text: str) -> bool:
    """Return True for an IMEI or an EID, the numbers of a phone module, which no Mac has."""
    if len(text) == _EID_LENGTH and text.isdigit():
        return text.startswith("89")
    if len(text) != _IMEI_LENGTH or not text.isdigit():
        return False
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(text)]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0  # by Luhn


def has_part(text: str) -> bool:
    """Return True for a barcode with a part number of Apple's, which stands beside its serials."""
    return any(map(_APPLES_PART.fullmatch, _BETWEEN_FIELDS.split(text)))


def is_labelled(text: str) -> bool:
    """Return True for a barcode that people made, and that says itself what is a serial.

    An address may be one of another maker's pages.
    """
    return "://" not in text and _LABELLED.search(text) is not None


def _field(part: str) -> Iterator[Field]:
    rest = part.removeprefix(_IDENTIFIER)
    if rest != part and _APPLES.fullmatch(rest):
        yield Field(rest, marked=True)
    elif _SHAPE.fullmatch(part) and not _something_else(part):
        yield Field(part, marked=False)


def _something_else(part: str) -> bool:
    return (
        part.isdigit()
        or part.startswith(_PART_NUMBER)
        or _NETWORK_ADDRESS.fullmatch(part) is not None
        or (len(part) > _LONGEST and not part.startswith(_IDENTIFIER))
    )


_LONGEST = 12
