"""A tolerant parser of delimited texts such as CSV."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from provisioning.imports.parsing.grids.blocks import Placed
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial
from provisioning.imports.parsing.vocabulary.headings import COMMENT

DELIMITERS = ",;\t|"
_NAMED = re.compile(rf'"?sep=([{DELIMITERS}])"?', re.IGNORECASE)
_SAMPLE = 16_384  # characters that the delimiter is guessed from
_WHITE = " \t\r\n\f\v\xa0\u200b\ufeff"


def parse(text: str) -> list[Placed]:
    """Return the rows of a delimited text, each with the line in which it begins.

    Raises csv.Error where a cell has no end.
    """
    text, delimiter = _delimiter(text)
    try:
        rows = list(_rows(text, delimiter, csv.QUOTE_MINIMAL))
    except csv.Error:
        rows = []
    # A quotation mark without its partner, as in 14", swallows the lines up to the next one.
    if not rows or any(_has_swallowed(cell, delimiter) for _, cells in rows for cell in cells):
        return list(_rows(text, delimiter, csv.QUOTE_NONE))
    return _unwrapped(rows, delimiter)


def _unwrapped(rows: list[Placed], delimiter: str) -> list[Placed]:
    """The rows, where each was quoted as one cell: by a program that took it for a text."""
    whole = [(where, [cell for cell in cells if cell]) for where, cells in rows if any(cells)]
    if not all(len(cells) == 1 and delimiter in cells[0] for _, cells in whole):
        return rows
    inner = ((where, _rows(cells[0], delimiter, csv.QUOTE_MINIMAL)) for where, cells in whole)
    return [(where, cells) for where, read in inner for _, cells in read]


def _has_swallowed(cell: str, delimiter: str) -> bool:
    """Return True if a cell holds a whole row, rather than serials among themselves."""
    if "\n" not in cell or (delimiter not in cell and '"' not in cell):
        return False
    return any(map(looks_serial, re.split(rf"[\s{DELIMITERS}\"]+", cell)))


def _delimiter(text: str) -> tuple[str, str]:
    """Return the text and its delimiter; Excel also names it in a first line of its own."""
    first, _, rest = text.partition("\n")
    if (named := _NAMED.fullmatch(first.rstrip("\r"))) is not None:
        return "\n" + rest, named[1]
    return text, max(DELIMITERS, key=lambda sign: _fitness(text[:_SAMPLE], sign))


def _fitness(sample: str, delimiter: str) -> tuple[int, int]:
    """Return how many lines have the most frequent number of columns, and that number."""
    numbers = Counter(
        line.count(delimiter)
        for line in sample.splitlines()
        if delimiter in line and not line.lstrip('"').startswith(COMMENT)
    )
    columns, lines = numbers.most_common(1)[0] if numbers else (0, 0)
    return lines, columns


def _rows(text: str, delimiter: str, quoting: int) -> Iterator[Placed]:
    lines = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=quoting,  # type: ignore[arg-type] # one of csv's constants
        strict=True,
        skipinitialspace=True,
    )
    edges = _WHITE + '"' * (quoting == csv.QUOTE_NONE)
    begun = 1
    for cells in lines:
        yield f"line {begun}", [cell.strip(edges) for cell in cells]
        begun = lines.line_num + 1
