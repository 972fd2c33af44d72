"""Excel's workbooks."""

import datetime as dt
import io
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from provisioning.imports.parsing.archive import repack
from provisioning.imports.parsing.errors import UnreadableFile
from provisioning.imports.parsing.rows import Placed

EXACT = 10**15  # Excel keeps fifteen digits of a number

Cell = str | float | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def sheets(content: bytes, name: str) -> Iterator[tuple[str, list[Placed]]]:
    """Yield the name and the rows of each sheet that a person sees; formulas as their values.

    Raises UnreadableFile.
    """
    content = repack(content, name)
    try:
        yield from _sheets(content)
    except CalamineError as error:
        raise UnreadableFile(name, "it is damaged; save it again as .xlsx or CSV") from error
    except BaseException as error:
        # A panic of the Rust code in there; its class can only be told by the name.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile(name, "it is damaged; save it again as .xlsx or CSV") from error


def _sheets(content: bytes) -> Iterator[tuple[str, list[Placed]]]:
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
