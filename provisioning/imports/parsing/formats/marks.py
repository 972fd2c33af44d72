"""Rows of a workbook's sheets that are hidden, filtered out or struck through."""

import io
import re
import zipfile
from dataclasses import dataclass, field
from html import unescape

from provisioning.imports.parsing.formats.limits import MAX_COLUMNS

MAX_STYLES = 65_000
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^<>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^<>]*)>")
_ATTRIBUTE = re.compile(rb"(?<![\w:])([\w:]++)\s*+=\s*(?:\"([^\"]*)\"|'([^']*)')")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^<>]*)>")
_TAG = re.compile(rb"<(?:\w+:)?(row|c)((?:\s[^<>]*)?)>")
_FONT = re.compile(rb"<(?:\w+:)?font(?:\s[^<>]*)?(?:/>|>(.*?)</(?:\w+:)?font>)", re.DOTALL)
_STRIKE = re.compile(rb"<(?:\w+:)?strike\b(?![^<>]*val\s*=\s*[\"'](?:0|false))")
_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_FORMAT = re.compile(rb"<(?:\w+:)?xf\b([^<>]*)>")
_TRUE = (b"1", b"true")


@dataclass(frozen=True, slots=True)
class Marks:
    """The numbers of the rows of one sheet, from 1, that have a mark, and its hidden columns."""

    hidden: set[int] = field(default_factory=set)
    struck: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)  # hidden ones, from 0

    def doubt_about(self, row: int) -> str | None:
        """Return the doubt about a Mac in a row, or None."""
        if row in self.struck:
            return "is struck through"
        return "stands in a hidden row" if row in self.hidden else None


def marks_of(workbook: bytes) -> dict[str, Marks]:
    """Return the marks of each sheet by its title; a part that cannot be read has none.

    `workbook` has to be one that `archive.repack` returned, whose size is limited.
    """
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        parts = {name.casefold(): name for name in archive.namelist()}

        def part(name: str) -> bytes:
            return archive.read(parts[name.casefold()]) if name.casefold() in parts else b""

        struck = _struck_styles(part("xl/styles.xml"))
        targets = {
            about.get(b"Id"): about.get(b"Target", b"")
            for about in map(_attributes, _RELATION.findall(part("xl/_rels/workbook.xml.rels")))
        }
        marks = {}
        for about in map(_attributes, _SHEET.findall(part("xl/workbook.xml"))):
            target = targets.get(about.get(b"r:id"), b"").decode(errors="replace")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            title = unescape(about.get(b"name", b"").decode(errors="replace"))
            marks[title] = _marks(part(path), struck)
        return marks


def _struck_styles(styles: bytes) -> frozenset[bytes]:
    """The numbers of the cells' formats whose font is struck through."""
    fonts = {n for n, font in enumerate(_FONT.findall(styles)) if _STRIKE.search(font)}
    formats = _FORMATS.search(styles)
    if not fonts or not formats:
        return frozenset()
    used = map(_attributes, _FORMAT.findall(formats[0])[:MAX_STYLES])
    return frozenset(
        str(number).encode()
        for number, about in enumerate(used)
        if about.get(b"fontId", b"").isdigit() and int(about[b"fontId"][:9]) in fonts
    )


def _marks(sheet: bytes, struck: frozenset[bytes]) -> Marks:
    marks = Marks()
    if b"hidden" not in sheet and not struck:
        return marks
    for about in map(_attributes, _COLUMN.findall(sheet)):
        first, last = about.get(b"min", b""), about.get(b"max", b"")
        if about.get(b"hidden") in _TRUE and first[:5].isdigit() and last[:5].isdigit():
            marks.columns.update(range(int(first[:5]) - 1, min(int(last[:5]), MAX_COLUMNS)))
    row = 0
    for tag, text in _TAG.findall(sheet):
        if tag == b"c" and not struck:
            continue
        about = _attributes(text)
        if tag == b"row":
            number = about.get(b"r", b"")
            row = int(number[:9]) if number[:9].isdigit() else row + 1
            if about.get(b"hidden") in _TRUE:
                marks.hidden.add(row)
        elif about.get(b"s") in struck:
            marks.struck.add(row)
    return marks


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(text)}
