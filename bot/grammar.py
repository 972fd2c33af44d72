"""What can be typed behind the slash command, as values."""

import html
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from bot.blocks.texts import INVISIBLE
from provisioning.errors import RollcallError


class Misunderstood(RollcallError):
    """Something typed that is no command; its text says what is missing."""


@dataclass(frozen=True, slots=True)
class Register:
    """`register SERIAL [SERIAL…] SITE BUILD`"""

    serials: tuple[str, ...]
    site: str
    build: str


@dataclass(frozen=True, slots=True)
class Move:
    """`move SERIAL SITE BUILD`"""

    serial: str
    site: str
    build: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """`cancel SERIAL`"""

    serial: str


@dataclass(frozen=True, slots=True)
class Find:
    """`find TEXT`"""

    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """`list [SITE]`"""

    site: str | None


@dataclass(frozen=True, slots=True)
class Help:
    """`help`"""


@dataclass(frozen=True, slots=True)
class Form:
    """Nothing at all: the form is wanted."""


Command: TypeAlias = Register | Move | Cancel | Find | Waiting | Help | Form

# Phones write typographic quotes where the keyboard shows straight ones.
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"})


def parse(text: str) -> Command:
    """Return the command in `text`. Raises Misunderstood, saying what was expected."""
    text = _as_meant(text)
    if not text.strip():
        return Form()
    verb, *words = _words(text) or [text.strip()]
    reader = VERBS.get(verb.lower())
    if reader is None:
        raise Misunderstood(f"There is no command {verb[:40]!r}")
    return reader(words)


def _register(words: list[str]) -> Register:
    match words:
        case [*serials, site, build] if serials:
            return Register(tuple(serials), site, build)
    raise Misunderstood("At least a serial, then a site, then a build: SERIAL SITE BUILD")


def _move(words: list[str]) -> Move:
    match words:
        case [serial, site, build]:
            return Move(serial, site, build)
    raise Misunderstood("One serial, a site and a build: SERIAL SITE BUILD")


def _cancel(words: list[str]) -> Cancel:
    match words:
        case [serial]:
            return Cancel(serial)
    raise Misunderstood("One serial")


def _find(words: list[str]) -> Find:
    if not words:
        raise Misunderstood("Something to look for: a part of a serial, a site, a name")
    return Find(" ".join(words))


def _list(words: list[str]) -> Waiting:
    match words:
        case []:
            return Waiting(None)
        case [site]:
            return Waiting(site)
    raise Misunderstood("One site, or nothing")


VERBS: dict[str, Callable[[list[str]], Command]] = {
    "register": _register,
    "move": _move,
    "cancel": _cancel,
    "find": _find,
    "list": _list,
    "help": lambda _: Help(),
}


def _as_meant(text: str) -> str:
    """What somebody meant who typed or copied `text`: without Slack's escapes and ours."""
    text = html.unescape(text).replace(INVISIBLE, "")
    return re.sub(r"<https?://[^|>]*\|([^>]*)>", r"\1", text).translate(_QUOTES)


def _words(text: str) -> list[str]:
    lexer = shlex.shlex(re.sub(r"\s", " ", text), posix=True)
    lexer.whitespace += ","
    lexer.whitespace_split = True
    lexer.commenters = lexer.escape = ""
    try:
        return list(lexer)
    except ValueError:
        raise Misunderstood("There is a quotation mark without its partner") from None
