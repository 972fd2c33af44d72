"""Slack's escapes, links and marks in a typed text, and those of phones."""

import html
import re

from provisioning.imports.parsing.tokens.signs import UNSEEN

# Slack's marks around words, and the links that its clients make of names, numbers, addresses and
# channels.
_LINK = re.compile(r"<(?:https?://|mailto:|tel:|#)[^|>]*\|([^>]*)>")
_MARKED = re.compile(r"(?<!\w)([*_~])(?=\S)(.{1,200}?)(?<=\S)\1(?!\w)")
_QUOTED = re.compile(r'("[^"]*")')  # names, which stay as they are
_NESTED = 3  # marks around one word: bold, italic, struck through
# Phones write typographic quotes where the keyboard shows straight ones, and word processors
# hyphens of their own.
_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"} | dict.fromkeys("‐‑‒−", "-")
)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # letters of Japanese keyboards


def without_command(text: str, command: str) -> str:
    """Return a text without the name of the slash command before it."""
    first, *rest = text.split(maxsplit=1) or [""]
    return "".join(rest) if first == command else text


def unescaped(text: str) -> str:
    """Return the text that a person typed or copied, without Slack's escapes, marks and ours."""
    text = _LINK.sub(r"\1", UNSEEN.sub("", html.unescape(text))).translate(_QUOTES)
    return "".join(
        part if part.startswith('"') else _unmarked(part) for part in _QUOTED.split(text)
    )


def _unmarked(text: str) -> str:
    text = text.replace("`", "").translate(_WIDE)
    for _ in range(_NESTED):
        text = _MARKED.sub(r"\2", text)
    return text
