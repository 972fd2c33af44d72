"""Lists with letters for serials, and what the reader makes of each in one line.

`$A` in a text stands for a serial. In the answer, `A london` was taken, and `A? london` is asked
about.
"""

from dataclasses import dataclass
from string import Template

from provisioning.imports.parsing import files, free_text
from provisioning.imports.parsing.entries import Entry, ParseResult

SITES, BUILDS = ("london", "berlin", "paris", "zürich"), ("basic", "design")
A, B, C, D = "H4WK7Q0PXV", "GQ2JX9M1LT", "D7K2MXP9QW", "C02XG0FDJGH5"
SERIALS = {"A": A, "B": B, "C": C, "D": D}
_LETTERS = {serial: letter for letter, serial in SERIALS.items()}


@dataclass(frozen=True, slots=True)
class Told:
    """A reading: the Macs in one line, and the reasons why some are asked about or left out."""

    macs: str
    why: dict[str, str]


def pasted(text: str) -> Told:
    """Read a text as people paste it."""
    return told(free_text.read(Template(text).safe_substitute(SERIALS), SITES, BUILDS))


def dropped(text: str | bytes, name: str = "macs.csv") -> Told:
    """Read a file."""
    if isinstance(text, str):
        text = Template(text).safe_substitute(SERIALS).encode()
    return told(files.read_here(text, name, SITES, BUILDS))


def told(result: ParseResult) -> Told:
    """Return what was read, with letters for the serials that have one."""
    asked = {_letter(entry.serial.text): entry.doubt for entry in result.entries if entry.doubt}
    left = {_letter(rejected.text): rejected.reason for rejected in result.rejected}
    return Told(", ".join(map(_said, result.entries)), asked | left)


def _said(entry: Entry) -> str:
    serial = _letter(entry.serial.text) + "?" * bool(entry.doubt)
    return " ".join(filter(None, (serial, entry.site, entry.build, entry.name)))


def _letter(text: str) -> str:
    return _LETTERS.get(text, text)
