"""A column of a table: what its heading says, what its cells look like, and so what it is."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from provisioning.imports.parsing.grids.blocks import Row, cell_at
from provisioning.imports.parsing.tokens.serial_shapes import (
    LONGEST,
    is_old,
    looks_serial,
    serials_in,
)
from provisioning.imports.parsing.vocabulary import headings
from provisioning.imports.parsing.vocabulary.words import known

SAMPLE = 200  # rows by which columns are told
LONGEST_COUNT = 4  # digits at the end of numbers that are given one after the other
LONGEST_CELL = 80  # characters of a cell that is looked at for serials and names
DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")  # a cell begins with one
_NOTHING, YES = known("nothing"), known("yes")


@dataclass(slots=True)
class Column:
    """A column as it was seen in the first SAMPLE rows of its table.

    `kind` is what its heading means. Its `cells` are those that say something, of which `serials`
    hold one. `roles` are what it is to the Macs of its rows; `roles.py` gives them.
    """

    number: int
    heading: str = ""
    kind: headings.ColumnKind | None = None
    cells: list[str] = field(default_factory=list)
    serials: int = 0
    roles: set[str] = field(default_factory=set)

    @property
    def rank(self) -> int:
        """The place of its heading among those of its kind: the plainest has 0."""
        return headings.rank(self.heading)

    @property
    def direction(self) -> int:
        """1 for a heading of places to which Macs go, or of new Macs; -1 for the contrary."""
        return headings.direction(self.heading)

    @property
    def plain(self) -> str:
        """The letters of its heading."""
        return headings.plain(self.heading)

    @property
    def has_serials(self) -> bool:
        """True where half of its cells hold serials."""
        return bool(self.cells) and 2 * self.serials >= len(self.cells)

    @property
    def is_series(self) -> bool:
        """True for numbers of one series, which differ in their last digits alone."""
        numbers = [cell for cell in self.cells if looks_serial(cell)]
        stems = {number.rstrip("0123456789") for number in numbers}
        heads = {number[:-LONGEST_COUNT] for number in numbers}
        is_each_another = len({*numbers}) == len(numbers) > 1
        is_one_form = len(stems) == len(heads) == len({*map(len, numbers)}) == 1
        return is_each_another and is_one_form and not any(map(is_old, numbers))

    @property
    def marks(self) -> float:
        """The share of its cells that say yes, in words or by a sign such as an x."""
        return self.share(lambda cell: cell.casefold() in YES)

    def of(self, cells: Row) -> str:
        """Return the cell of a row in this column."""
        return cell_at(cells, self.number)

    def share(self, judge: Callable[[str], bool]) -> float:
        """The share of its cells that are judged to be something."""
        return sum(map(judge, self.cells)) / max(1, len(self.cells))

    def look(self, cell: str) -> None:
        """Take note of a cell that says something."""
        self.cells.append(cell)
        if looks_serial(cell):
            self.serials += 1
        elif len(cell) <= LONGEST_CELL:
            is_scanned = len(cell) == LONGEST + 1 and cell[0] in "Ss" and looks_serial(cell[1:])
            self.serials += bool(serials_in(cell)) or is_scanned


def seen(rows: Sequence[Row], head: Row) -> list[Column]:
    """Return the columns of a table by its first SAMPLE rows and by its headings."""
    sample = [row for row in rows if any(row)][:SAMPLE]
    width = max(map(len, [*sample, head]), default=0)
    columns = [Column(number) for number in range(width)]
    for column, heading in zip(columns, head, strict=False):
        column.heading, column.kind = heading, headings.meaning(heading)
    for row in sample:
        for column, cell in zip(columns, row, strict=False):
            if not is_blank(cell):
                column.look(cell)
    return columns


def is_blank(cell: str) -> bool:
    """Return True if a cell says nothing, or that there is nothing."""
    return not cell or cell.casefold() in _NOTHING
