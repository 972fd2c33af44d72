"""Sections of a table: what a row without a serial says about the rows below it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from infrastructure.text import normalize
from provisioning.imports.parsing.entries import ParseResult
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.prose import sections, strangers
from provisioning.imports.parsing.prose.places import is_dated, is_filler, is_of_people
from provisioning.imports.parsing.tokens import machines
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial, serials_in

MAX_BESIDE = 2  # other words in such a row
MAX_IN_NAME = 2  # words of a row for another machine, such as “USB keyboards”
MAX_IN_HEADING = 60  # characters of a row that names a place for the rows below it
_TEXT = re.compile(r"[^\d.,\s]")


@dataclass(frozen=True, slots=True)
class SectionPlace:
    """A site and a build that hold for rows which name none, in a sheet or below a heading."""

    site: str | None = None
    build: str | None = None
    machine: str | None = None  # the other machine that the rows are about


class Section:
    """The section that a reading of a table is in."""

    def __init__(self, names: Names, place: SectionPlace) -> None:
        self._names = names
        self.place, self.machine = place, place.machine
        self._aside = sections.Aside()
        self._is_named = self._is_part = self._has_macs = False
        self.below = SectionPlace()  # what rows of names alone say right below a Mac
        self._is_over = False  # True below another row than these

    @property
    def doubt(self) -> str | None:
        """The doubt about the Macs in it."""
        return self._aside.doubt

    def take(self, cells: Sequence[str]) -> bool:
        """Take what a row says that holds nothing else; True where it names a place."""
        text = " ".join(filter(None, cells))
        if len(text) > MAX_IN_HEADING:
            return False
        has_serial = any(map(looks_serial, cells))
        is_prose = len(text.split()) > MAX_IN_NAME
        if (found := machines.machines_in(text, in_prose=is_prose)) and not has_serial:
            self.machine = found[0][1]
        named = self._names.named_in(text)
        words = [word for word in re.findall(r"\w+", named.rest) if not is_filler(word)]
        is_one = (named.site or named.build) and len(named.sites) <= 1
        if not is_one or len(words) > MAX_BESIDE or any(map(looks_serial, words)):
            return False
        build = named.build or (None if named.site else self.place.build)
        self.place = SectionPlace(named.site or self.place.site, build)
        self._is_named = not words and self.place.site is not None
        is_second = (self.below.site and named.site) or (self.below.build and named.build)
        if is_second and not self._is_over:  # of sections without Macs
            self.below = SectionPlace()
        is_of_others = bool(is_second or words) or is_of_people(text) or is_dated(text, named)
        self._is_over = self._is_over or is_of_others
        self.below = self.below if self._is_over else self.place
        self._is_part = self._has_macs = False
        return True

    def take_stranger(self, cells: Sequence[str]) -> bool:
        """Take a row of one cell for a site that is not known, where others are headed by sites.

        One right below the name of a site is a part of that, and so are those after it.
        """
        text = next(filter(_TEXT.search, cells), "")
        if not self._is_named or not strangers.may_be_name(text):
            return False
        is_part = not self._has_macs and strangers.is_part_of_place(text)
        self._is_part = self._is_part or is_part
        is_place = not self._is_part and strangers.is_name(text)
        if is_place:
            self.place = SectionPlace(text)
        return is_place

    def go_on(self, *, has_mac: bool) -> None:
        """Take note of a row of the table, which may have a Mac."""
        self._has_macs = self._has_macs or has_mac
        self._is_over = not has_mac
        self.below = SectionPlace() if has_mac else self.below
        self._aside.go_on()

    def hear(self, cells: Sequence[str]) -> bool:
        """Take note of a row of one cell; True for the heading of Macs that are gone.

        One that holds a serial, such as `C02… (broken)`, is a Mac.
        """
        text = next(filter(_TEXT.search, cells), "")
        if serials_in(text):
            return False
        named = self._names.named_in(text)
        is_place = bool(named.site or named.build)
        heading = sections.heading_of(named.rest, is_placed=is_place)
        self._aside.hear(heading, is_place=is_place)
        return bool(heading)


def footed(result: ParseResult, section: Section) -> ParseResult:
    """Return Macs with the site and the build of a row below all, where none of them has any.

    Of a row with a site nothing is taken where a Mac has another one.
    """
    place, entries = section.below, result.entries
    sites = {normalize(entry.site) for entry in entries if entry.site}
    if place.site and sites - {normalize(place.site)}:
        return result
    if place.site and not sites:
        entries = tuple(replace(entry, site=place.site) for entry in entries)
    if place.build and not any(entry.build for entry in entries):
        entries = tuple(replace(entry, build=place.build) for entry in entries)
    return replace(result, entries=entries)


def only_cell(cells: Sequence[str]) -> int | None:
    """Return the number of the only cell in a row that is no count; None where there are more."""
    filled = [number for number, cell in enumerate(cells) if _TEXT.search(cell)]
    return filled[0] if len(filled) == 1 else None
