"""What can be typed behind the slash command, as values."""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from bot.grammar import Misunderstood, as_meant, words_of, words_or_none

_SINGLE = 3  # words: a serial, a site, a build


class Command:
    """Something that can be typed."""


@dataclass(frozen=True, slots=True)
class Register(Command):
    """`register SERIAL SITE BUILD`"""

    serial: str
    site: str
    build: str


@dataclass(frozen=True, slots=True)
class Paste(Command):
    """`register ANYTHING`, or anything at all that may hold serials.

    `instead` is what to say where it holds none.
    """

    text: str
    instead: Misunderstood


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
class Template(Command):
    """`template`"""


@dataclass(frozen=True, slots=True)
class Log(Command):
    """`log`"""


def parse(text: str) -> Command:
    """Return the command in `text`. Raises Misunderstood, saying what was expected."""
    meant = as_meant(text)
    if not meant.strip():
        return Form()
    verb = meant.split(maxsplit=1)[0]
    if verb.lower() == "register":
        return _register(meant.strip()[len("register") :].strip())
    words = _words_or_all(meant, verb)
    reader = VERBS.get(words[0].lower())
    if reader is not None:
        return reader(words[1:])
    return _something_else(meant.strip(), words)


def _words_or_all(meant: str, verb: str) -> list[str]:
    """The words; of what is no command, quotes without a partner are no fault."""
    if verb.lower() in VERBS:
        return words_of(meant)
    return words_or_none(meant) or meant.split()


def _something_else(meant: str, words: list[str]) -> Paste:
    """What begins with no verb; a slip of a verb is never taken for Macs to be registered."""
    fault = Misunderstood(f"There is no command {words[0][:40]!r}")
    if get_close_matches(words[0].lower(), VERBS) or words[0].startswith("/"):
        raise fault
    return Paste(meant, fault)


def _register(text: str) -> Register | Paste:
    expected = Misunderstood("At least a serial, then a site, then a build: SERIAL SITE BUILD")
    if not text:
        raise expected
    if "\n" not in text:
        words = words_or_none(text)
        if words is None:
            return Paste(text, Misunderstood("There is a quotation mark without its partner"))
        if len(words) == _SINGLE:
            return Register(*words)
    return Paste(text, expected)


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
    "register": lambda words: _register(" ".join(words)),
    "move": _move,
    "cancel": _on_one(Cancel),
    "reimage": _on_one(Reimage),
    "show": _on_one(Show),
    "find": _find,
    "list": _list,
    "template": lambda _: Template(),
    "log": lambda _: Log(),
    "help": lambda _: Help(),
}
