"""Web pages, HTML parts of mails, and XML: their text, line by line, with tabs between cells."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {
        *("p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("array", "dict", "plist"),  # of property lists
        *("section", "article", "header", "footer", "blockquote", "pre", "hr", "dt", "dd", "title"),
    }
)
# Property lists have the names of fields in tags of their own, and the kinds of values.
_KEY = "key"
_VALUES = frozenset({"string", "integer", "real", "date", "data", "true", "false"})
LONGEST_TAG = 2_000  # characters
MAX_REPEATED = 100_000  # characters of merged cells, which say the same in each of their rows
MAX_MERGED = 1_000  # rows or columns of one cell
# A sign that begins no tag: the standard library's parser would look for its end again and again.
_OPEN = re.compile(rf"<(?![^<>]{{0,{LONGEST_TAG}}}>)")
# Tags inside of a word or a sentence; others than these and _BLOCKS are XML's names of fields.
_INLINE = frozenset(
    re.findall(
        r"\w+",
        """
    a abbr acronym address area aside audio b base bdi bdo big body button canvas
    caption center cite code col colgroup datalist dd details dfn dialog dl em embed
    fieldset figcaption figure font form hgroup html i iframe img input ins kbd label
    legend link main map mark menu meta meter nav nobr object optgroup option output
    param picture progress q rp rt ruby samp search select slot small source span strong
    sub summary sup svg tbody textarea tfoot thead time track tt u var video wbr
        """,
    )
)
# Excel's own XML of 2003, which programs still export.
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_ROW_OR_CELL = re.compile(r"(</?)(?:ss:)?(Row|Cell|Data)(?=[\s>/])", re.IGNORECASE)
_OF_TABLES = {"row": "tr", "cell": "td", "data": "span"}
_UNREAD = frozenset({"script", "style", "head", "template", "noscript"})
_STRUCK = frozenset({"s", "del", "strike"})


def text_of(page: str) -> str:
    """Return the text of a page; what is struck through stands between `~`."""
    parser = _Text()
    if _SPREADSHEET in page[:LONGEST_TAG]:
        page = _ROW_OR_CELL.sub(lambda match: match[1] + _OF_TABLES[match[2].lower()], page)
    parser.feed(_OPEN.sub("&lt;", page))
    parser.close()
    lines = (line.strip(" ") for line in "".join(parser.parts).split("\n"))
    return "\n".join(lines)


class _Text(HTMLParser):
    """A parser that keeps the text of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unread = 0
        self._cells = 0
        self._in_cell = False
        self._field = ""  # the name of a field of XML that has just begun
        self._begun = self._rows = self._columns = 0  # of the cell that was begun last
        self._merged: dict[int, tuple[int, str]] = {}  # rows that are left, and texts, by column
        self._outer: list[dict[int, tuple[int, str]]] = []  # the same of the tables around
        self._repeatable = MAX_REPEATED

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNREAD:
            self._unread += 1
        elif tag == "tr":
            self._end_cell()
            self._cells = self._columns = 0
            self._break()
        elif tag in {"td", "th"}:
            self._end_cell()
            self._repeat_merged()
            self.parts.append("\t" if self._cells else "")
            self._begun, self._in_cell = len(self.parts), True
            self._rows, self._columns = (_number(attrs, name) for name in ("rowspan", "colspan"))
            self._cells += 1
        elif tag in _BLOCKS:
            if tag == "table":
                self._outer.append(self._merged)
                self._merged = {}
            self.parts.append(" , " if self._in_cell and tag == "br" else "")
            self._break()
        elif tag in _STRUCK:
            self.parts.append("~")
        elif _is_field(tag) and tag not in _VALUES:
            self._field = "" if tag == _KEY else f"{tag}: "
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        elif tag in {"td", "th"}:
            self._in_cell = False
            if self._rows > 1:
                self._merged[self._cells - 1] = self._rows - 1, "".join(self.parts[self._begun :])
        elif tag in _BLOCKS or tag == "tr":
            if tag == "tr" and self._cells + max(0, self._columns - 1) in self._merged:
                self._repeat_merged()
            elif tag == "table":
                self._merged = self._outer.pop() if self._outer else {}
            self._in_cell = self._in_cell and tag not in {"tr", "table"}
            self._break()
        elif tag in _STRUCK:
            self.parts.append("~")
        elif _is_field(tag):
            self.parts.append(": " if tag == _KEY else "\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            field, self._field = self._field if data.strip() else "", ""
            self.parts.append(field + " ".join(f"_{data}_".split())[1:-1])

    def _end_cell(self) -> None:
        """End a cell that has no tag for its end, as HTML allows."""
        if self._in_cell:
            self.handle_endtag("td")

    def _repeat_merged(self) -> None:
        """Write the cells of merged ones that stand between the last cell of a row and the next."""
        if self._columns > 1:
            self.parts.append("\t" * (self._columns - 1))
            self._cells += self._columns - 1
        self._columns = 0
        while self._cells in self._merged:
            rows, text = self._merged.pop(self._cells)
            self._repeatable -= len(text)
            if rows > 1:
                self._merged[self._cells] = rows - 1, text
            self.parts.append("\t" * bool(self._cells) + text * (self._repeatable > 0))
            self._cells += 1

    def _break(self) -> None:
        if not self._in_cell:
            self.parts.append("\n")


def _number(attributes: list[tuple[str, str | None]], name: str) -> int:
    text = dict(attributes).get(name) or ""
    return min(int(text), MAX_MERGED) if text.isdecimal() and len(text) < len("100000") else 1


def _is_field(tag: str) -> bool:
    """Return True if a tag is none of HTML's, but the name of a field in XML."""
    is_known = tag in _BLOCKS or tag in _INLINE or tag in _UNREAD or tag in {"tr", "td", "th"}
    return not is_known and ":" not in tag
