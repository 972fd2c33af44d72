"""What can be typed behind the slash command, as values."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.grammar import Misunderstood, as_meant, words_of


class Command:
    """Something that can be typed."""


@dataclass(frozen=True, slots=True)
class Register(Command):
    """`register SERIAL [SERIAL…] SITE BUILD`"""

    serials: tuple[str, ...]
    site: str
    build: str


@dataclass(frozen=True, slots=True)
class Move(Command):
    """`move SERIAL SITE BUILD`"""

    serial: str
    site: str
    build: str


@dataclass(frozen=True, slots=True)
class Cancel(Command):
    """`cancel SERIAL`"""

    serial: str


@dataclass(frozen=True, slots=True)
class Find(Command):
    """`find TEXT`"""

    text: str


@dataclass(frozen=True, slots=True)
class Waiting(Command):
    """`list [SITE]`"""

    site: str | None


@dataclass(frozen=True, slots=True)
class Help(Command):
    """`help`"""


@dataclass(frozen=True, slots=True)
class Form(Command):
    """Nothing at all: the form is wanted."""


@dataclass(frozen=True, slots=True)
class Reimage(Command):
    """`reimage SERIAL`"""

    serial: str


@dataclass(frozen=True, slots=True)
class Show(Command):
    """`show SERIAL`"""

    serial: str


@dataclass(frozen=True, slots=True)
class Log(Command):
    """`log`"""


def parse(text: str) -> Command:
    """Return the command in `text`. Raises Misunderstood, saying what was expected."""
    text = as_meant(text)
    if not text.strip():
        return Form()
    verb, *words = words_of(text) or [text.strip()]
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


def _on_one(command: Callable[[str], Command]) -> Callable[[list[str]], Command]:
    def read(words: list[str]) -> Command:
        match words:
            case [serial]:
                return command(serial)
        raise Misunderstood("One serial")

    return read


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
    "cancel": _on_one(Cancel),
    "reimage": _on_one(Reimage),
    "show": _on_one(Show),
    "find": _find,
    "list": _list,
    "log": lambda _: Log(),
    "help": lambda _: Help(),
}
