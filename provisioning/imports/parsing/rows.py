"""A parser of a table's rows into entries."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from provisioning.imports.parsing.columns import (
    COMMENT,
    Columns,
    find_columns,
    looks_serial,
    meaning,
)
from provisioning.imports.parsing.entries import Entry, ParseResult, Rejected, gather, with_doubt
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.serial_shapes import as_meant, doubt_of, is_apple, reject
from provisioning.values.serials import InvalidSerial

LONGEST_NOTE, LONGEST_NAME = 200, 80  # characters
_MADE_BY_SPREADSHEETS = (
    (
        re.compile(r"\d+(?:[.,]\d+)?[eE]\+\d{1,3}"),
        "the spreadsheet has rounded it; format the cells as text and type it anew",
    ),
    (re.compile(r"-?\d*[.,]\d+"), "it is a number with a fraction"),
    (re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}([./-])\d{1,2}\1\d{2,4}"), "it is a date"),
)
_SIGNS = re.compile(r"[+=._-]")

Placed = tuple[str, list[str]]
"""A row: its place for people, and its cells without the white space around them."""


def read_rows(rows: Sequence[Placed], names: Names) -> ParseResult | None:
    """Return the Macs in the rows, or None where no column looks like one of serials."""
    columns = find_columns([cells for _, cells in rows], names)
    if not columns.serials:
        return None
    first = 0 if columns.headings is None else columns.headings + 1
    read = [item for row in rows[first:] for item in _read_row(*row, columns, names)]
    return gather(
        (item for item in read if isinstance(item, Entry)),
        (item for item in read if isinstance(item, Rejected)),
    )


def read_cell(text: str, where: str) -> Entry | Rejected:
    """Return the entry or the rejection for a text in the place of a serial."""
    for pattern, reason in _MADE_BY_SPREADSHEETS:
        if pattern.fullmatch(text):
            return reject(text, where, reason)
    try:
        serial = as_meant(text)
    except InvalidSerial as error:
        return reject(text, where, error.reason)
    if not (is_apple(text) or _SIGNS.search(text) or re.search(r"\d", text)):
        return reject(text, where, "it has no digit, so it is taken for a word")
    return Entry(serial, where=where, doubt=doubt_of(serial))


def _read_row(
    where: str, cells: list[str], columns: Columns, names: Names
) -> Iterator[Entry | Rejected]:
    if not any(cells) or cells[0].startswith(COMMENT):
        return
    texts = [text for number in columns.serials if (text := _cell(cells, number))]
    if not texts:
        yield from _missing(where, cells, columns)
    for text in texts:
        if meaning(text):
            continue  # the headings again, as on every printed page
        read = read_cell(text, where)
        if isinstance(read, Entry):
            completed = replace(
                read,
                site=names.as_site(_cell(cells, columns.site)[:LONGEST_NAME]) or None,
                build=names.as_build(_cell(cells, columns.build)[:LONGEST_NAME]) or None,
                note=_cell(cells, columns.note)[:LONGEST_NOTE],
                name=_cell(cells, columns.name)[:LONGEST_NAME] or None,
            )
            read = with_doubt(completed, _rivals(texts, cells, columns))
        yield read


def _missing(where: str, cells: list[str], columns: Columns) -> Iterator[Rejected]:
    """The rejections for a row without a serial in its column."""
    strays = [
        cell
        for number, cell in enumerate(cells)
        if number not in (columns.note, columns.name) and looks_serial(cell)
    ]
    for stray in strays:
        yield reject(stray, where, "it is not in the column of the serials")
    if not strays and (_cell(cells, columns.site) or _cell(cells, columns.build)):
        yield reject("", where, "there is no serial in this row")


def _rivals(texts: list[str], cells: list[str], columns: Columns) -> str | None:
    """A doubt where a row holds several serials beside other things, without headings."""
    others = {*range(len(cells))} - {*columns.serials, columns.site, columns.build}
    if columns.are_sure or len(texts) == 1 or not any(cells[number] for number in others):
        return None
    return f"stands in one row with {len(texts) - 1} more that may be the serial"


def _cell(cells: list[str], number: int | None) -> str:
    if number is None or number >= len(cells):
        return ""
    return cells[number]
