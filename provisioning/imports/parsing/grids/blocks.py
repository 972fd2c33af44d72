"""Rows, lines, and blocks of lines that are tables."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Row = Sequence[str]
Placed = tuple[str, list[str]]
"""A row: its place for people, and its cells without the white space around them."""
Lines = Sequence[tuple[str, str]]

RULE = re.compile(r"[\s|:+=_-]*[-=_]{2,}[\s|:+=_-]*")  # under Markdown's headings
LONGEST_LINE = 5_000  # characters of a line that may stand in a table


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table in a text, with the number of its first line and of the one behind it."""

    start: int
    end: int
    rows: list[Placed]


def following(lines: Lines, at: int) -> Iterator[tuple[str, str]]:
    """Return the lines from one on, which are not copied: a block may end with the next of them."""
    return (lines[number] for number in range(at, len(lines)))


def cell_at(cells: Row, number: int | None) -> str:
    """Return a cell of a row by its number; nothing where the row ends before it."""
    return cells[number] if number is not None and number < len(cells) else ""
