"""Spreadsheets as Excel and resellers write them, and dangerous ones."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HIDDEN = ' state="hidden"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"

Cell = str | float | None


def workbook(
    sheets: Mapping[str, Sequence[Sequence[Cell]]],
    *,
    hidden: Sequence[str] = (),
    others: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return an .xlsx file; texts that begin with = are formulas whose value is the rest."""
    return workbook_of({name: _rows(rows) for name, rows in sheets.items()}, hidden, others or {})


def workbook_of(
    sheets: Mapping[str, str],
    hidden: Sequence[str] = (),
    others: Mapping[str, bytes | str] | None = None,
) -> bytes:
    """Return an .xlsx file with the XML of the rows of each sheet as it is given."""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        ),
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": _workbook(list(sheets), hidden),
        "xl/_rels/workbook.xml.rels": _relations(
            {
                f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml")
                for n, _ in enumerate(sheets, start=1)
            }
            | {"rId99": ("sharedStrings", "sharedStrings.xml")}
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}"/>',
    }
    for n, rows in enumerate(sheets.values(), start=1):
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
    return archive(parts | dict(others or {}))


def archive(parts: Mapping[str, bytes | str]) -> bytes:
    """Return a zip archive of the parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return file.getvalue()


def _workbook(names: Sequence[str], hidden: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"{_HIDDEN * (name in hidden)}/>'
        for n, name in enumerate(names, start=1)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _rows(rows: Sequence[Sequence[Cell]]) -> str:
    return "".join(
        f'<row r="{at}">{"".join(_cell(cell, n, at) for n, cell in enumerate(row))}</row>'
        for at, row in enumerate(rows, start=1)
    )


def _cell(cell: Cell, column: int, row: int) -> str:
    place = f'r="{ascii_uppercase[column]}{row}"'
    if cell is None:
        return f'<c {place} s="1"/>'
    if isinstance(cell, str) and cell.startswith("="):
        return f'<c {place} t="str"><f>A1&amp;""</f><v>{escape(cell[1:])}</v></c>'
    if isinstance(cell, str):
        return f'<c {place} t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f"<c {place}><v>{cell!r}</v></c>"
