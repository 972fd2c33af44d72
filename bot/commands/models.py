"""Commands: everything that can be typed behind the slash command, as values."""

from dataclasses import dataclass
from datetime import timedelta

from provisioning.imports.parsing.entries import ParseResult


@dataclass(frozen=True, slots=True)
class Command:
    """A request that can be typed."""


@dataclass(frozen=True, slots=True)
class SerialCommand(Command):
    """A request about one Mac."""

    serial: str


@dataclass(frozen=True, slots=True)
class SiteCommand(Command):
    """A request about a site; None: about all."""

    site: str | None


@dataclass(frozen=True, slots=True)
class RegisterCommand(Command):
    """`register SERIAL SITE BUILD [named NAME]`"""

    serial: str
    site: str
    build: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class NameCommand(Command):
    """`name SERIAL NAME`"""

    serial: str
    name: str


@dataclass(frozen=True, slots=True)
class PasteCommand(Command):
    """`register ANYTHING`, or any other text that holds serials: the Macs in it.

    `is_bare` is True for one serial without a place or a command, such as `C02…`.
    """

    result: ParseResult
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class LongPasteCommand(Command):
    """A text that is too long to be read while a person waits; it may hold serials."""

    text: str


@dataclass(frozen=True, slots=True)
class MoveCommand(Command):
    """`move SERIAL SITE BUILD`"""

    serial: str
    site: str
    build: str


class CancelCommand(SerialCommand):
    """`cancel SERIAL`"""


@dataclass(frozen=True, slots=True)
class FindCommand(Command):
    """`find TEXT`"""

    text: str


class ListCommand(SiteCommand):
    """`list [SITE]`"""


@dataclass(frozen=True, slots=True)
class TokenCommand(Command):
    """`token NAME [ACT …] [SITE …]`"""

    name: str
    acts: tuple[str, ...]
    sites: tuple[str, ...]


class SignInCommand(Command):
    """`sign-in`"""


@dataclass(frozen=True, slots=True)
class EmailCommand(Command):
    """`email ADDRESS`, `email off`, or `email`, whose empty `address` asks for the present one."""

    address: str


@dataclass(frozen=True, slots=True)
class WebhooksCommand(Command):
    """`webhooks`, or `webhooks test NUMBER` and `webhooks replay NUMBER`; `act` is that word."""

    act: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class HelpCommand(Command):
    """`help [VERB]`"""

    verb: str | None = None


class FormCommand(Command):
    """An empty command: a request for the form."""


class ReimageCommand(SerialCommand):
    """`reimage SERIAL`"""


@dataclass(frozen=True, slots=True)
class ReplaceCommand(Command):
    """`replace OLD NEW`"""

    old: str
    new: str


class ShowCommand(SerialCommand):
    """`show SERIAL`"""


@dataclass(frozen=True, slots=True)
class PreviewCommand(Command):
    """`preview SERIAL [SITE BUILD]`; the site and the build are those in the Mac's script."""

    serial: str
    site: str | None
    build: str | None


class TemplateCommand(Command):
    """`template`"""


class LogCommand(Command):
    """`log`"""


@dataclass(frozen=True, slots=True)
class BenchCommand(Command):
    """`bench SITE BUILD COUNT [for TIME] [all]`; `takes_named` is the word `all`."""

    site: str
    build: str
    size: int
    duration: timedelta
    takes_named: bool = False


@dataclass(frozen=True, slots=True)
class StatisticsCommand(Command):
    """`stats [SITE] [WEEKS]`"""

    site: str | None
    weeks: int


class ExportCommand(SiteCommand):
    """`export [SITE]`"""


class DigestCommand(Command):
    """`digest`"""


class DoctorCommand(Command):
    """`doctor`"""
