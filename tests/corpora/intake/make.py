"""Files made from readable data: encoded text, mails, and workbooks, always the same bytes."""

import base64
import io
import quopri
import re
import zipfile
from collections.abc import Iterator, Mapping
from string import ascii_uppercase
from typing import Any
from xml.sax.saxutils import escape

Given = Mapping[str, Any]  # a case, or a part of a mail, as it stands in TOML

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OOXML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (  # 0: as it is; 1: struck through
    f'<styleSheet xmlns="{_SHEET}"><fonts count="2"><font><sz val="11"/></font>'
    '<font><strike/><sz val="11"/></font></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf fontId="1" applyFont="1"/></cellXfs></styleSheet>'
)


def content(given: Given) -> bytes:
    """The bytes of a case: a workbook, a mail, or text in its encoding and with its line ends."""
    if "sheet" in given:
        return _workbook(given["sheet"])
    if "part" in given:
        return _mail(given)
    return _encoded(given, given["input"])


def readable(given: Given) -> str:
    """All that a case holds, as text."""
    parts = [readable(part) for part in given.get("part", [])]
    sheets = [f"{sheet['name']}\n{sheet['rows']}" for sheet in given.get("sheet", [])]
    return "\n".join([*(given.get(key, "") for key in ("head", "input", "text")), *parts, *sheets])


def _encoded(given: Given, text: str) -> bytes:
    """Text with `newline` and `encoding` of a case; `bom` puts a byte order mark before it."""
    mark = "\ufeff" if given.get("bom") else ""
    text = text.replace("\n", given.get("newline", "\n"))
    return (mark + text).encode(str(given.get("encoding", "utf-8")))


# Mails: `head` holds the header lines; parts with `alternative` stand in one multipart of theirs.


def _mail(given: Given) -> bytes:
    parts = given["part"]
    choices = [_part(part) for part in parts if part.get("alternative")]
    others = [_part(part) for part in parts if not part.get("alternative")]
    if choices:
        others.insert(0, _multipart("alternative", choices))
    body = others[0] if len(others) == 1 else _multipart("mixed", others)
    head = f"{given['head'].strip()}\nMIME-Version: 1.0\n".encode()
    return (head + body).replace(b"\n", b"\r\n")


def _multipart(subtype: str, parts: list[bytes]) -> bytes:
    mark = f"=_{subtype}_0001".encode()
    head = b'Content-Type: multipart/%s; boundary="%s"\n\n' % (subtype.encode(), mark)
    return head + b"".join(b"--%s\n%s\n" % (mark, part) for part in parts) + b"--%s--\n" % mark


def _part(part: Given) -> bytes:
    transfer = part.get("transfer", "8bit")
    charset = part.get("encoding", "utf-8")
    head = f"Content-Type: {part['type']}; charset={charset}\n"
    head += f"Content-Transfer-Encoding: {transfer}\n"
    if "file" in part:
        head += f'Content-Disposition: attachment; filename="{part["file"]}"\n'
    body = _workbook(part["sheet"]) if "sheet" in part else _encoded(part, part["text"])
    if transfer == "base64":
        body = base64.encodebytes(body)
    elif transfer == "quoted-printable":
        body = quopri.encodestring(body)
    return head.encode() + b"\n" + body


# Workbooks: `rows` has a line for each row and `|` between cells; README.md lists the rest.


def _workbook(sheets: list[Given]) -> bytes:
    strings: dict[str, int] = {}
    pages = [_sheet(sheet, strings) for sheet in sheets]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in _package(sheets, pages, strings):
            info = zipfile.ZipInfo(path, date_time=(2026, 1, 1, 0, 0, 0))
            archive.writestr(info, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return written.getvalue()


def _package(
    sheets: list[Given], pages: list[str], strings: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """The files of a workbook: paths and XML."""
    numbers = range(1, len(pages) + 1)
    kinds = {f"worksheets/sheet{n}": "worksheet" for n in numbers}
    kinds |= {"styles": "styles", "sharedStrings": "sharedStrings"}
    names = "".join(
        f'<sheet name="{escape(sheet["name"])}" sheetId="{n}" r:id="rId{n}"'
        f' state="{sheet.get("state", "visible")}"/>'
        for n, sheet in enumerate(sheets, 1)
    )
    yield "[Content_Types].xml", _content_types(kinds)
    yield "_rels/.rels", _relations({"xl/workbook": "officeDocument"})
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>',
    )
    yield "xl/_rels/workbook.xml.rels", _relations(kinds)
    yield "xl/styles.xml", _STYLES
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    yield "xl/sharedStrings.xml", f'<sst xmlns="{_SHEET}">{items}</sst>'
    for n, page in zip(numbers, pages, strict=True):
        yield f"xl/worksheets/sheet{n}.xml", page


def _content_types(kinds: Mapping[str, str]) -> str:
    overrides = "".join(
        f'<Override PartName="/xl/{path}.xml" ContentType="{_OOXML}.{kind}+xml"/>'
        for path, kind in {**kinds, "workbook": "sheet.main"}.items()
    )
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    default = f'<Default Extension="rels" ContentType="{rels}"/>'
    return f'<Types xmlns="{_PACKAGE}/content-types">{default}{overrides}</Types>'


def _relations(kinds: Mapping[str, str]) -> str:
    items = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{path}.xml"/>'
        for n, (path, kind) in enumerate(kinds.items(), 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'


def _sheet(sheet: Given, strings: dict[str, int]) -> str:
    struck, hidden = sheet.get("struck", []), sheet.get("hidden", [])
    rows = ""
    for number, line in enumerate(sheet["rows"].splitlines(), 1):
        cells = (
            _cell(f"{letter}{number}", text, number in struck, strings)
            for letter, text in zip(ascii_uppercase, line.split("|"), strict=False)
        )
        shown = ' hidden="1"' if number in hidden else ""
        rows += f'<row r="{number}"{shown}>{"".join(cells)}</row>'
    columns = "".join(
        f'<col min="{ord(letter) - 64}" max="{ord(letter) - 64}" width="9" hidden="1"/>'
        for letter in sheet.get("hidden_columns", [])
    )
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in sheet.get("merged", []))
    return (
        f'<worksheet xmlns="{_SHEET}">'
        + (f"<cols>{columns}</cols>" if columns else "")
        + f"<sheetData>{rows}</sheetData>"
        + (f'<autoFilter ref="{sheet["filter"]}"/>' if "filter" in sheet else "")
        + (f"<mergeCells>{merged}</mergeCells>" if merged else "")
        + "</worksheet>"
    )


def _cell(place: str, text: str, struck: bool, strings: dict[str, int]) -> str:
    """The XML of one cell: a formula with its value, a number, or text."""
    text = text.strip().replace("\\n", "\n")
    begin = f'<c r="{place}"' + ' s="1"' * struck
    if not text:
        return ""
    if text.startswith("="):
        formula, _, value = text[1:].partition(" → ")
        value = value or formula.strip('"')
        return f'{begin} t="str"><f>{escape(formula)}</f><v>{escape(value)}</v></c>'
    if _NUMBER.fullmatch(text):
        return f"{begin}><v>{text}</v></c>"
    index = strings.setdefault(text.removeprefix("'"), len(strings))
    return f'{begin} t="s"><v>{index}</v></c>'
