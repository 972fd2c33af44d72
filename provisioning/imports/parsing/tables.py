"""A reader of files with a table of Macs: Excel's workbooks, CSV, and plain lists."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from provisioning.imports.parsing import delimited, free_text
from provisioning.imports.parsing.archive import repack
from provisioning.imports.parsing.entries import ParseResult, UnreadableFile, join
from provisioning.imports.parsing.names import KnownNames, Names
from provisioning.imports.parsing.rows import Placed, read_rows

MOST_BYTES = 5_000_000
MOST_ROWS = 20_000  # with something in them
MOST_COLUMNS = 50  # the others are not looked at
EXACT = 10**15  # Excel keeps fifteen digits of a number

Cell = str | float | bool | dt.time | dt.date | dt.datetime | dt.timedelta

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = {
    b"%PDF": "it is a PDF; copy its text and paste it, or send a spreadsheet",
    b"\x89PNG": "it is a picture; send it as a photo",
    b"\xff\xd8\xff": "it is a picture; send it as a photo",
    b"GIF8": "it is a picture; send it as a photo",
    b"{\\rtf": "it is a formatted text; save it as plain text",
    b"<": "it is a web page or XML, whatever its name says; save it as .xlsx or CSV",
}


def read(content: bytes, name: str, sites: KnownNames = (), builds: KnownNames = ()) -> ParseResult:
    """Return the Macs in a file, whose kind is found by its content and not by its name.

    `name` is for messages, `sites` and `builds` are the names that exist. Hidden sheets are not
    read. Raises UnreadableFile for a file that is no table, damaged, encrypted or too large.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableFile(name, "it has more than 5 MB; send the list of the serials alone")
    names = Names.of(sites, builds)
    if content.startswith(_ZIP):
        return _read_workbook(content, name, names)
    _check_kind(content, name)
    text = delimited.decode(content, name)
    try:
        rows = _limited(delimited.parse(text), name)
    except csv.Error as error:
        raise UnreadableFile(name, "a cell in it has no end; save it again as CSV") from error
    read_as_table = read_rows(rows, names)
    return free_text.read(text, sites, builds) if read_as_table is None else read_as_table


def _check_kind(content: bytes, name: str) -> None:
    if content.startswith(_OLD_OFFICE):
        if _ENCRYPTED in content:
            raise UnreadableFile(name, "it is encrypted; save it without a password")
        raise UnreadableFile(name, "it is in the format of Excel 97; save it as .xlsx or CSV")
    begin = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:8]
    for mark, reason in _OTHERS.items():
        if begin.startswith(mark):
            raise UnreadableFile(name, reason)


def _read_workbook(content: bytes, name: str, names: Names) -> ParseResult:
    readings, left = [], MOST_ROWS
    for _, rows in _sheets(content, name):
        used = _limited(rows, name, left)
        left -= len(used)
        readings.append(read_rows(used, names) or _read_freely(used, names))
    return join(readings)


def _read_freely(rows: Sequence[Placed], names: Names) -> ParseResult:
    """The Macs in a sheet without columns, such as a packing slip."""
    return free_text.read_lines(
        [(where, free_text.plain(" ".join(cells))) for where, cells in rows], names
    )


def _limited(rows: Sequence[Placed], name: str, limit: int = MOST_ROWS) -> list[Placed]:
    """The rows with something in them, cut to the columns that are looked at."""
    used = [(where, cells[:MOST_COLUMNS]) for where, cells in rows if any(cells)]
    if len(used) > limit:
        raise UnreadableFile(name, f"it has more than {MOST_ROWS:,} rows; send it in parts")
    return used


def _sheets(content: bytes, name: str) -> Iterator[tuple[str, list[Placed]]]:
    """Yield the name and the rows of each sheet that a person sees; formulas as their values.

    Raises UnreadableFile.
    """
    content = repack(content, name)
    try:
        yield from _visible_sheets(content)
    except CalamineError as error:
        raise UnreadableFile(name, "it is damaged; save it again as .xlsx or CSV") from error
    except BaseException as error:
        # A panic of the Rust code inside; its class can only be recognised by the name.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile(name, "it is damaged; save it again as .xlsx or CSV") from error


def _visible_sheets(content: bytes) -> Iterator[tuple[str, list[Placed]]]:
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        for number, about in enumerate(workbook.sheets_metadata):
            if about.typ == SheetTypeEnum.WorkSheet and about.visible == SheetVisibleEnum.Visible:
                rows = workbook.get_sheet_by_index(number).to_python(skip_empty_area=False)
                yield (
                    about.name,
                    [
                        (f"row {at} of {about.name[:40]}", [_text(cell) for cell in row])
                        for at, row in enumerate(rows, start=1)
                    ],
                )


def _text(cell: Cell) -> str:
    """A cell as a person reads it: whole numbers as digits, too long ones as Excel rounds them."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    if isinstance(cell, float):
        return f"{cell:.5E}" if abs(cell) >= EXACT else str(cell)
    return str(cell).strip()
