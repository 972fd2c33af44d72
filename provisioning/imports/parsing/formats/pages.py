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
_UNREAD = frozenset({"script", "style", "head", "template", "noscript"})
_STRUCK = frozenset({"s", "del", "strike"})


def text_of(page: str) -> str:
    """Return the text of a page; what is struck through stands between `~`."""
    parser = _Text()
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

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _UNREAD:
            self._unread += 1
        elif tag == "tr":
            self._cells = 0
            self._break()
        elif tag in {"td", "th"}:
            self.parts.append("\t" if self._cells else "")
            self._cells += 1
            self._in_cell = True
        elif tag in _BLOCKS:
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
        elif tag in _BLOCKS:
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

    def _break(self) -> None:
        if not self._in_cell:
            self.parts.append("\n")


def _is_field(tag: str) -> bool:
    """Tell if a tag is none of HTML's, but the name of a field in XML."""
    is_known = tag in _BLOCKS or tag in _INLINE or tag in _UNREAD or tag in {"tr", "td", "th"}
    return not is_known and ":" not in tag
