"""A sample of a table, by which its columns are told: their headings, cells and serials."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from provisioning.imports.parsing.grids.headings import meaning
from provisioning.imports.parsing.serial_shapes import LONGEST, is_old, looks_serial

SAMPLE = 200  # rows by which columns are told
LONGEST_COUNT = 4  # digits at the end of numbers that are given one after the other
_LONGEST_CELL = 80  # characters of a cell that is looked at for serials
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{10,13}(?![A-Za-z0-9])")
_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{10,12}(?![A-Za-z0-9])")
NOTHING = frozenset(
    {
        "-",
        "unknown",
        "not set",
        "k.a.",
        "keine",
        "(none)",
        "(blank)",
        "--",
        "—",
        "–",
        "n/a",
        "na",
        "none",
        "null",
        "tbd",
        "?",
        "unassigned",
    }
)

Row = Sequence[str]


@dataclass(slots=True)
class Column:
    """A column as it was seen: its heading, what it means, and what is in its cells."""

    number: int
    heading: str = ""
    kind: str | None = None
    cells: list[str] = field(default_factory=list)
    serials: int = 0
    near: int = 0  # cells that are nearly a serial, or one made as asset tags are

    def share(self, judge: Callable[[str], bool]) -> float:
        """The share of its cells that are judged to be something."""
        return sum(map(judge, self.cells)) / max(1, len(self.cells))

    @property
    def is_series(self) -> bool:
        """True for numbers of one series, which differ in their last digits alone."""
        numbers = [cell for cell in self.cells if looks_serial(cell)]
        stems = {number.rstrip("0123456789") for number in numbers}
        heads = {number[:-LONGEST_COUNT] for number in numbers}
        is_each_another = len({*numbers}) == len(numbers) > 1
        is_one_form = len(stems) == len(heads) == len({*map(len, numbers)}) == 1
        return is_each_another and is_one_form and not any(map(is_old, numbers))


def without_series(columns: Sequence[Column]) -> list[Column]:
    """Return the columns without those of numbers in a series, unless there are no others."""
    return [column for column in columns if not column.is_series] or [*columns]


def seen(rows: Sequence[Row], headings: Row) -> list[Column]:
    """Return the columns of a table by its first SAMPLE rows."""
    sample = [row for row in rows if any(row)][:SAMPLE]
    width = max(map(len, [*sample, headings]), default=0)
    columns = [Column(number) for number in range(width)]
    for column, heading in zip(columns, headings, strict=False):
        column.heading, column.kind = heading, meaning(heading)
    for row in sample:
        for column, cell in zip(columns, row, strict=False):
            if not is_blank(cell):
                _look(column, cell)
    return columns


def is_blank(cell: str) -> bool:
    """Tell if a cell says nothing, or that there is nothing."""
    return not cell or cell.casefold() in NOTHING


def cell_at(cells: Row, number: int | None) -> str:
    """Return a cell of a row by its number; nothing where the row ends before it."""
    return cells[number] if number is not None and number < len(cells) else ""


def serials_in(cell: str) -> list[str]:
    """Return the words in a cell that look like serials."""
    return [token for token in _WORD.findall(cell) if looks_serial(token)]


def _look(column: Column, cell: str) -> None:
    column.cells.append(cell)
    if looks_serial(cell):
        column.serials += 1
    elif len(cell) <= _LONGEST_CELL:
        tokens = _TOKEN.findall(cell)
        column.serials += any(map(looks_serial, tokens)) or _is_scanned(cell)
        column.near += bool(tokens)


def _is_scanned(cell: str) -> bool:
    return len(cell) == LONGEST + 1 and cell[0] in "Ss" and looks_serial(cell[1:])
