"""A reader of Excel's workbooks: sheets, merged cells, and rows that a person does not see."""

import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from provisioning.imports.parsing import texts
from provisioning.imports.parsing.entries import ParseResult, UnreadableFile, join, with_doubt
from provisioning.imports.parsing.formats.archive import repack
from provisioning.imports.parsing.formats.limits import limited
from provisioning.imports.parsing.formats.marks import Marks, marks_of
from provisioning.imports.parsing.grids.blocks import Placed
from provisioning.imports.parsing.grids.rows import read_rows
from provisioning.imports.parsing.grids.sections import SectionPlace
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.prose.sections import aside
from provisioning.imports.parsing.tokens import signs
from provisioning.imports.parsing.tokens.machines import machines_in
from provisioning.imports.parsing.vocabulary.words import known

EXACT = 10**15  # Excel keeps fifteen digits of a number
MAX_MERGED = 1_000  # areas of a sheet of which every cell says the same
HIDDEN_COLUMN = "stands in a hidden column"
HIDDEN_SHEET = "stands in a hidden sheet"
_FORMER = known("a_former")
_PCS = re.compile(r"\W*pcs?\W*", re.IGNORECASE)  # the whole name of a sheet
_DAMAGED = "it is damaged; save it again as .xlsx or CSV"

Cell = str | float | bool | dt.time | dt.date | dt.datetime | dt.timedelta
Sheet = tuple[str, bool, list[Placed]]  # its name, if a person sees it, its rows


def read(content: bytes, name: str, names: Names, most_rows: int) -> ParseResult:
    """Return the Macs in a workbook; what stands in hidden sheets and rows has a doubt.

    The name of a sheet may be that of a site or a build, for Macs that name none. Raises
    UnreadableFile.
    """
    content = repack(content, name)
    marks = marks_of(content)
    readings, hidden, left = list[ParseResult](), list[ParseResult](), most_rows
    for title, is_seen, rows in _sheets(content, name):
        used = limited(rows, name, left)
        left -= len(used)
        named = names.named_in(title)
        machine = next(
            (kind for _, kind in machines_in("Windows" if _PCS.fullmatch(title) else title)), None
        )
        place = SectionPlace(named.site, named.build, machine)
        marked = marks.get(title, Marks())
        seen_cells = [
            (where, ["" if at in marked.columns else cell for at, cell in enumerate(cells)])
            for where, cells in used
        ]
        result = _read(seen_cells, names, place)
        is_former = _FORMER.intersection(re.findall(r"\w+", named.rest.casefold()))
        is_aside = is_former or aside(named.rest)
        doubt = f"stands in a sheet called {title!r}" if is_aside else None
        whole = _doubted(result, marked, None if is_seen else HIDDEN_SHEET, doubt)
        (readings if is_seen else hidden).append(whole)
        if marked.columns:
            readings.append(_only_hidden(_read(used, names, place), result))
    # Of a hidden sheet, the Macs that others do not have: formulas look those up in it.
    seen = {entry.serial.key for reading in readings for entry in reading.entries}
    unseen = (tuple(e for e in each.entries if e.serial.key not in seen) for each in hidden)
    both = zip(hidden, unseen, strict=True)
    return join([*readings, *(replace(each, entries=entries) for each, entries in both)])


def _read(rows: Sequence[Placed], names: Names, place: SectionPlace) -> ParseResult:
    """The Macs in a sheet; in one without columns, such as a packing slip, those of its lines."""
    if not texts.are_lines(rows, names) and (result := read_rows(rows, names, place)):
        return result
    lines = [(where, signs.bare("   ".join(filter(None, cells)))) for where, cells in rows]
    return texts.read_lines(
        [(where, line.replace("\n", " ")) for where, line in lines], names, place
    )


def _only_hidden(whole: ParseResult, seen: ParseResult) -> ParseResult:
    """The Macs that stand only in columns that a person does not see."""
    known = {entry.serial.key for entry in seen.entries}
    known |= {rejected.text.upper() for rejected in seen.rejected}
    hidden = [entry for entry in whole.entries if entry.serial.key not in known]
    return ParseResult(tuple(with_doubt(entry, HIDDEN_COLUMN) for entry in hidden))


def _doubted(
    result: ParseResult, marks: Marks, hidden: str | None, called: str | None
) -> ParseResult:
    rows = (int(entry.where.split(" ")[1]) for entry in result.entries)
    doubts = (hidden or marks.doubt_about(row) or called for row in rows)
    return replace(result, entries=tuple(map(with_doubt, result.entries, doubts)))


def _sheets(content: bytes, name: str) -> Iterator[Sheet]:
    """Yield the sheets of cells; formulas as their values. Raises UnreadableFile."""
    try:
        yield from _opened(content)
    except CalamineError as error:
        raise UnreadableFile(name, _DAMAGED) from error
    except BaseException as error:
        # A panic of the Rust code inside; its class can only be recognised by the name.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile(name, _DAMAGED) from error


def _opened(content: bytes) -> Iterator[Sheet]:
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        for number, about in enumerate(workbook.sheets_metadata):
            if about.typ == SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_index(number)
                is_seen = about.visible == SheetVisibleEnum.Visible
                yield about.name, is_seen, _rows(sheet, about.name)


def _rows(sheet: CalamineSheet, title: str) -> list[Placed]:
    rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in (sheet.merged_cell_ranges or [])[:MAX_MERGED]:
        _fill(rows, (top, left), (bottom, right))
    return [(f"row {at} of {title[:40]}", row) for at, row in enumerate(rows, start=1)]


def _fill(rows: list[list[str]], first: tuple[int, int], last: tuple[int, int]) -> None:
    """Say in each row of a merged area what its first one says; titles over columns stay one."""
    (top, left), (bottom, _) = first, last
    text = rows[top][left] if top < len(rows) and left < len(rows[top]) else ""
    for row in rows[top + 1 : bottom + 1]:
        if left < len(row) and not row[left]:
            row[left] = text


def _text(cell: Cell) -> str:
    """A cell as a person reads it: whole numbers as digits, too long ones as Excel rounds them."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    if isinstance(cell, float):
        return f"{cell:.5E}" if abs(cell) >= EXACT else str(cell)
    return str(cell).strip()
