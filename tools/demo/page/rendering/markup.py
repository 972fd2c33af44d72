"""Slack's markup as HTML that is safe to show, whatever its source."""

import re
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from html import unescape
from itertools import groupby

from markupsafe import Markup, escape

from tools.demo.page.rendering.dates import dated
from tools.demo.page.rendering.emoji import CHARACTERS, TONES

SCHEMES = ("http://", "https://", "mailto:")
# A mark opens before something and closes behind something; a zero-width space takes its power.
_MARKED = r"(?<![\w{m}]){m}(?![\s{m}\u200b])(?P<{name}>[^{m}\n]*[^{m}\s]){m}(?![\w{m}\u200b])"
INLINE = re.compile(
    "|".join(
        (
            r"`(?!\u200b)(?P<code>[^`\n]+)`",
            r"<(?P<angle>[^<>\n]+)>",
            _MARKED.format(m=r"\*", name="strong"),
            _MARKED.format(m="_", name="em"),
            _MARKED.format(m="~", name="s"),
            r":(?P<emoji>[a-z0-9_+-]+):",
        )
    )
)
PRE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)


class MessageReader:
    """A reader of messages: knows what people and channels are called, and lives in a time zone."""

    def __init__(
        self, people: Mapping[str, str], channels: Mapping[str, str], zone: tzinfo | None = None
    ) -> None:
        self._people = people
        self._channels = channels
        self._zone = zone

    def markup(self, text: str) -> Markup:
        """A text of type `mrkdwn`."""
        pieces = PRE.split(text)
        shown = [
            _tag("pre", _plain(piece)) if number % 2 else self._lines(piece.strip("\n"))
            for number, piece in enumerate(pieces)
            if piece.strip("\n")
        ]
        return Markup().join(shown)

    def plain(self, text: str) -> Markup:
        """A text of type `plain_text`: nothing but emoji is more than it seems."""
        found = re.split(r":([a-z0-9_+-]+):", unescape(text))
        return Markup().join(
            _emoji(piece) if number % 2 else escape(piece) for number, piece in enumerate(found)
        )

    def date(self, seconds: int, form: str, fallback: str) -> str:
        """A time in rich text, in the reader's zone."""
        return dated(f"date^{seconds}^{form}|{fallback}", self._zone)

    def _lines(self, text: str) -> Markup:
        """Paragraphs and quotes. Line ends stay: the stylesheet shows them."""
        shown = []
        for quoted, lines in groupby(text.split("\n"), key=_is_quoted):
            if quoted:
                body = "\n".join(re.sub(r"^(&gt;|>) ?", "", line) for line in lines)
                shown.append(_tag("blockquote", self._inline(body)))
            else:
                shown.append(_tag("p", self._inline("\n".join(lines))))
        return Markup().join(shown)

    def _inline(self, text: str) -> Markup:
        return Markup().join(self._pieces(text))

    def _pieces(self, text: str) -> Iterator[Markup]:
        end = 0
        for found in INLINE.finditer(text):
            yield _plain(text[end : found.start()])
            yield self._piece(found.lastgroup or "", found[found.lastgroup or 0])
            end = found.end()
        yield _plain(text[end:])

    def _piece(self, kind: str, inside: str) -> Markup:
        match kind:
            case "code":
                return _tag("code", _plain(inside))
            case "angle":
                return self._angle(inside)
            case "emoji":
                return _emoji(inside)
            case _:
                return _tag(kind, self._inline(inside))

    def _angle(self, inside: str) -> Markup:
        """The HTML of a token between < and >: a mention, a channel, a date, a link."""
        target, _, label = inside.partition("|")
        match target[:1]:
            case "@":
                return _mention(f"@{self._people.get(target[1:]) or label or target[1:]}")
            case "#":
                return _mention(f"#{self._channels.get(target[1:]) or label or target[1:]}")
            case "!" if target.startswith("!date^"):
                return _tag("time", _plain(dated(inside[1:], self._zone)))
            case "!":
                return _mention(label or f"@{target[1:].partition('^')[0]}")
        if target.startswith(SCHEMES):
            return link(unescape(target), _plain(label or target))
        return _plain(f"<{inside}>")


def link(address: str, label: Markup) -> Markup:
    """A link that tells its target nothing."""
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(
        address, label
    )


def _mention(name: str) -> Markup:
    return Markup('<span class="mention">{}</span>').format(unescape(name))


def _emoji(name: str) -> Markup:
    character = CHARACTERS.get(name)
    if character is None:
        return escape(f":{name}:")
    return Markup('<span class="emoji {}" role="img" aria-label="{}">{}</span>').format(
        TONES.get(name, ""), name.replace("_", " "), character
    )


def _plain(text: str) -> Markup:
    return escape(unescape(text))


def _tag(name: str, inside: Markup) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(name, inside)


def _is_quoted(line: str) -> bool:
    return line.startswith((">", "&gt;"))
