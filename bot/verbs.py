"""What can be typed behind the slash command, as values."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.durations import duration_in
from bot.grammar import Misunderstood, as_meant, words_of
from provisioning import benches

LONGEST_NUMBER = 10  # digits; nobody has more Macs

WEEKS, MOST_WEEKS = 4, 52  # of statistics


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


@dataclass(frozen=True, slots=True)
class OpenBench(Command):
    """`bench SITE BUILD COUNT [for TIME]`"""

    site: str
    build: str
    wanted: int
    lasting: timedelta


@dataclass(frozen=True, slots=True)
class Statistics(Command):
    """`stats [SITE] [WEEKS]`"""

    site: str | None
    weeks: int


@dataclass(frozen=True, slots=True)
class Export(Command):
    """`export [SITE]`"""

    site: str | None


@dataclass(frozen=True, slots=True)
class Digest(Command):
    """`digest`"""


@dataclass(frozen=True, slots=True)
class Doctor(Command):
    """`doctor`"""


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


def _of_site(command: Callable[[str | None], Command]) -> Callable[[list[str]], Command]:
    def read(words: list[str]) -> Command:
        match words:
            case []:
                return command(None)
            case [site]:
                return command(site)
        raise Misunderstood("One site, or nothing")

    return read


def _stats(words: list[str]) -> Statistics:
    weeks = WEEKS
    if words and re.fullmatch(r"[0-9]+", words[-1]):
        weeks = int(words[-1][:4])
        words = words[:-1]
    if len(words) > 1 or not 1 <= weeks <= MOST_WEEKS:
        raise Misunderstood(f"A site, a number of weeks from 1 to {MOST_WEEKS}, both or nothing")
    return Statistics(words[0] if words else None, weeks)


def _bench(words: list[str]) -> OpenBench:
    match words:
        case [site, build, count, *rest]:
            return OpenBench(site, build, _bench_size(count), _bench_time(rest))
    raise Misunderstood("A site, a build, how many Macs, and for how long: SITE BUILD 12 for 2h")


def _bench_size(count: str) -> int:
    if count.isascii() and count.isdecimal() and len(count) < LONGEST_NUMBER:
        number = int(count)
        if benches.FEWEST <= number <= benches.MOST:
            return number
    raise Misunderstood(
        f"{count[:40]!r} is no number of Macs: {benches.FEWEST} to {benches.MOST} after a site and "
        "a build, such as SITE BUILD 12"
    )


def _bench_time(words: list[str]) -> timedelta:
    if not words:
        return benches.USUAL
    if words[0].casefold() == "for":
        words = words[1:]
    return duration_in(words, benches.SHORTEST, benches.LONGEST)


VERBS: dict[str, Callable[[list[str]], Command]] = {
    "register": _register,
    "move": _move,
    "cancel": _on_one(Cancel),
    "reimage": _on_one(Reimage),
    "show": _on_one(Show),
    "find": _find,
    "bench": _bench,
    "list": _of_site(Waiting),
    "log": lambda _: Log(),
    "digest": lambda _: Digest(),
    "stats": _stats,
    "export": _of_site(Export),
    "doctor": lambda _: Doctor(),
    "help": lambda _: Help(),
}
