"""Heads of tables: the row above their columns, which holds headings, names of places, or words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from provisioning.imports.parsing.grids.blocks import Row
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.tokens.serial_shapes import (
    looks_serial,
    may_be_letters,
    serials_in,
)
from provisioning.imports.parsing.vocabulary.headings import ColumnKind, meaning, meanings

WITHIN = 30  # rows: titles, addresses and logos stand above the headings
MAX_BELOW = 200  # rows by which headings are told
# Kinds of headings that make no row one of headings by themselves.
_BESIDE = {
    ColumnKind.OTHER,
    ColumnKind.DEVICE,
    ColumnKind.STATUS,
    ColumnKind.WANTED,
    ColumnKind.READY,
    ColumnKind.DONE,
}
_NUMBERED = re.compile(r"(.*?\D)\d{1,2}")
HEADINGS, PLACES, STRANGE = "headings", "places", "strange"


@dataclass(frozen=True, slots=True)
class Head:
    """The row above the columns of a table: its number, its cells and the row above it.

    `kind` is HEADINGS where one at least is known, PLACES for names of sites or of builds, STRANGE
    for headings that are not known, and None where there is none.
    """

    kind: str | None = None
    row: int | None = None
    cells: Row = ()
    titles: Row = ()

    @classmethod
    def of(cls, rows: Sequence[Row], names: Names) -> Self:
        """Return the head of a table, which may have none."""
        if (at := find_headings(rows)) is not None:
            kind = HEADINGS
        elif (at := names_above(rows, names)) is not None:
            kind = PLACES
        elif (at := _strange(rows, names)) is not None:
            kind = STRANGE
        else:
            return cls()
        return cls(kind, at, rows[at], rows[at - 1] if at else ())

    @property
    def first(self) -> int:
        """The number of the first row below it."""
        return 0 if self.row is None else self.row + 1

    @property
    def is_known(self) -> bool:
        """True where the row says what stands below it."""
        return self.kind in (HEADINGS, PLACES)


def are_headings(row: Row) -> bool:
    """Return True for several headings alone in a row, as above the articles of a delivery."""
    cells = [cell for cell in row if cell]
    return len(cells) > 1 and all(meaning(cell) and not looks_serial(cell) for cell in cells)


def find_headings(rows: Sequence[Row]) -> int | None:
    """Return the number of the row of headings, or None."""
    best, score = None, 1
    for at, row in enumerate(rows[:WITHIN]):
        kinds = meanings([*row, *map(unnumbered, row)])
        if not kinds or any(map(serials_in, row)):
            continue
        width = sum(map(bool, row))
        is_title = width == 1 and any(sum(map(bool, other)) > 1 for other in rows[at + 1 : at + 4])
        known = len(kinds) + 2 * (ColumnKind.SERIAL in kinds)
        is_head = ColumnKind.SERIAL in kinds or kinds - _BESIDE
        if not is_title and known > score and is_head:
            best, score = at, known + 1
    return best


def unnumbered(heading: str) -> str:
    """Return a heading without the number behind it: `Serial ` of `Serial 1`."""
    match = _NUMBERED.fullmatch(heading)
    return match[1] if match else heading


def names_above(rows: Sequence[Row], names: Names) -> int | None:
    """Return the number of a row of sites, or of builds, each above a column of serials."""
    for at, (row, below) in enumerate(pairwise(rows[: WITHIN + 1])):
        known = {number for number, cell in enumerate(row) if cell}
        cells = [row[number] for number in known]
        if len(known) > 1 and (all(map(names.is_site, cells)) or all(map(names.is_build, cells))):
            serials = {number for number, cell in enumerate(below) if looks_serial(cell)}
            if serials and serials <= known:
                return at
    return None


def _strange(rows: Sequence[Row], names: Names) -> int | None:
    """The number of the first row where it holds headings that are not known."""
    at = next((number for number, row in enumerate(rows) if any(row)), None)
    if at is None:
        return None
    cells = [cell for cell in rows[at] if cell]
    are_words = not any(
        re.search(r"\d", c) or may_be_letters(c) or names.is_known(c) for c in cells
    )
    below = next((row for row in rows[at + 1 :] if any(row)), ())
    columns = [number for number, cell in enumerate(below) if looks_serial(cell)]
    if not (len(cells) > 1 and are_words and columns):
        return None
    held = [
        [row[n] for row in rows[at + 1 :][:MAX_BELOW] if len(row) > n and row[n]] for n in columns
    ]
    return at if all(2 * sum(map(looks_serial, texts)) > len(texts) for texts in held) else None
