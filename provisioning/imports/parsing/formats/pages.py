"""Web pages, and the HTML parts of mails: their text, line by line, with tabs between cells."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {
        *("p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("section", "article", "header", "footer", "blockquote", "pre", "hr", "dt", "dd", "title"),
    }
)
LONGEST_TAG = 2_000  # characters
# A sign that begins no tag: the standard library's parser would look for its end again and again.
_OPEN = re.compile(rf"<(?![^<>]{{0,{LONGEST_TAG}}}>)")
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

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.parts.append(" ".join(f"_{data}_".split())[1:-1])

    def _break(self) -> None:
        if not self._in_cell:
            self.parts.append("\n")
