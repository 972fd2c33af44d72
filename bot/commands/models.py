"""What can be typed behind the slash command, as values."""

from dataclasses import dataclass
from datetime import timedelta

from bot.commands.grammar import Misunderstood


class Command:
    """Something that can be typed."""


@dataclass(frozen=True, slots=True)
class Register(Command):
    """`register SERIAL SITE BUILD [named NAME]`"""

    serial: str
    site: str
    build: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Name(Command):
    """`name SERIAL NAME`"""

    serial: str
    name: str


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
class Preview(Command):
    """`preview SERIAL [SITE BUILD]`; the last two are what the Mac's script names, if it does."""

    serial: str
    site: str | None
    build: str | None


@dataclass(frozen=True, slots=True)
class Template(Command):
    """`template`"""


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
