"""The parser of the text behind the slash command."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches

from bot.commands.models import (
    BenchCommand,
    CancelCommand,
    Command,
    DigestCommand,
    DoctorCommand,
    ExportCommand,
    FindCommand,
    FormCommand,
    HelpCommand,
    ListCommand,
    LogCommand,
    LongPasteCommand,
    MoveCommand,
    NameCommand,
    PasteCommand,
    PreviewCommand,
    RegisterCommand,
    ReimageCommand,
    ShowCommand,
    StatisticsCommand,
    TemplateCommand,
)
from bot.commands.words import Misunderstood, duration_in, unescaped, words_of, words_or_none
from provisioning.firstboot import bench
from provisioning.imports.parsing import text as texts
from provisioning.imports.parsing.names import Names as PlaceNames

Names = Callable[[], Collection[str]]

LONGEST_PASTE = 6000  # characters of a text that is read while a person waits: some 200 Macs
LONGEST_NUMBER = 10  # digits of a number of Macs

WEEKS, MOST_WEEKS = 4, 52  # of statistics
_SINGLE = 3  # words: a serial, a site, a build


@dataclass(frozen=True, slots=True)
class _Text(Command):
    """Words that are no command and may hold serials; `error` is the error where they do not."""

    text: str
    error: Misunderstood


def parse(text: str, sites: Names, builds: Names) -> Command:
    """Return the command in `text`, a paste with the Macs in it.

    `sites` and `builds` return the names that exist. They are called where a text may hold
    several serials, and for nothing else: so `help` needs no Munki repo. Raises Misunderstood,
    with what was expected, and what the two raise.
    """
    command = _command_in(unescaped(text))
    if isinstance(command, RegisterCommand) and not command.name:
        return _single_or_paste(command, sites(), builds())
    if isinstance(command, _Text):
        return _paste(command, sites, builds)
    return command


def _single_or_paste(
    command: RegisterCommand, sites: Collection[str], builds: Collection[str]
) -> Command:
    """A single Mac to register, or a paste where three serials in a row look like one."""
    text = f"{command.serial} {command.site} {command.build}"
    result = texts.read(text, sites, builds)
    return PasteCommand(result) if len(result.entries) > 1 else command


def _paste(command: _Text, sites: Names, builds: Names) -> PasteCommand | LongPasteCommand:
    if len(command.text) > LONGEST_PASTE:
        return LongPasteCommand(command.text)
    names = sites(), builds()
    result = texts.read_typed(command.text, words_or_none(command.text) or (), *names)
    first, *others = command.text.split()
    has_unknown_verb = (
        len(result.entries) == len(others) == 1
        and first.upper() != result.entries[0].serial.key
        and not PlaceNames(*names).named_in(first).sites
    )
    if has_unknown_verb or not (result.entries or result.rejected):
        raise command.error
    return PasteCommand(result)


def _command_in(text: str) -> Command:
    if not text.strip():
        return FormCommand()
    verb = text.split(maxsplit=1)[0]
    if verb.lower() == "register":
        return _register(text.strip()[len("register") :].strip())
    words = _words_or_all(text, verb)
    reader = VERBS.get(words[0].lower())
    if reader is not None:
        return reader(words[1:])
    return _unknown_text(text.strip(), words)


def _words_or_all(text: str, verb: str) -> list[str]:
    """The words of a text. Quotes without a partner are a fault only in a command."""
    if verb.lower() in VERBS:
        return words_of(text)
    return words_or_none(text) or text.split()


def _unknown_text(text: str, words: list[str]) -> _Text:
    """A text that begins with no verb; a slip of a verb is never taken for Macs to register."""
    error = Misunderstood(f"There is no command {words[0][:40]!r}")
    if get_close_matches(words[0].lower(), VERBS) or words[0].startswith("/"):
        raise error
    return _Text(text, error)


def _register(text: str) -> RegisterCommand | _Text:
    expected = Misunderstood("At least a serial, then a site, then a build: SERIAL SITE BUILD")
    if not text:
        raise expected
    if "\n" not in text:
        words = words_or_none(text)
        if words is None:
            return _Text(text, Misunderstood("There is a quotation mark without its partner"))
        if len(words) == _SINGLE:
            return RegisterCommand(*words)
        if [word.casefold() for word in words[_SINGLE : _SINGLE + 1]] == ["named"]:
            return _named(*words)
    return _Text(text, expected)


def _named(serial: str, site: str, build: str, _: str, *name: str) -> RegisterCommand:
    if not name:
        raise Misunderstood("A name at the end: SERIAL SITE BUILD named lab-07")
    return RegisterCommand(serial, site, build, " ".join(name))


def _name(words: list[str]) -> NameCommand:
    match words:
        case [serial, *name] if name:
            return NameCommand(serial, " ".join(name))
    raise Misunderstood("One serial and a name: SERIAL lab-07")


def _preview(words: list[str]) -> PreviewCommand:
    match words:
        case [serial]:
            return PreviewCommand(serial, None, None)
        case [serial, site, build]:
            return PreviewCommand(serial, site, build)
    raise Misunderstood("One serial, and the site and the build of its workflow, if it names them")


def _move(words: list[str]) -> MoveCommand:
    match words:
        case [serial, site, build]:
            return MoveCommand(serial, site, build)
    raise Misunderstood("One serial, a site and a build: SERIAL SITE BUILD")


def _serial_command(command: Callable[[str], Command]) -> Callable[[list[str]], Command]:
    def read(words: list[str]) -> Command:
        match words:
            case [serial]:
                return command(serial)
        raise Misunderstood("One serial")

    return read


def _find(words: list[str]) -> FindCommand:
    if not words:
        raise Misunderstood("Something to look for: a part of a serial, a site, a name")
    return FindCommand(" ".join(words))


def _site_command(command: Callable[[str | None], Command]) -> Callable[[list[str]], Command]:
    def read(words: list[str]) -> Command:
        match words:
            case []:
                return command(None)
            case [site]:
                return command(site)
        raise Misunderstood("One site, or nothing")

    return read


def _stats(words: list[str]) -> StatisticsCommand:
    weeks = WEEKS
    if words and re.fullmatch(r"[0-9]+", words[-1]):
        weeks = int(words[-1][:4])
        words = words[:-1]
    if len(words) > 1 or not 1 <= weeks <= MOST_WEEKS:
        raise Misunderstood(f"A site, a number of weeks from 1 to {MOST_WEEKS}, both or nothing")
    return StatisticsCommand(words[0] if words else None, weeks)


def _bench(words: list[str]) -> BenchCommand:
    match words:
        case [site, build, count, *rest]:
            return BenchCommand(site, build, _bench_size(count), _bench_time(rest))
    raise Misunderstood("A site, a build, how many Macs, and for how long: SITE BUILD 12 for 2h")


def _bench_size(count: str) -> int:
    if count.isascii() and count.isdecimal() and len(count) < LONGEST_NUMBER:
        number = int(count)
        if bench.FEWEST <= number <= bench.MOST:
            return number
    raise Misunderstood(
        f"{count[:40]!r} is no number of Macs: {bench.FEWEST} to {bench.MOST} after a site and "
        "a build, such as SITE BUILD 12"
    )


def _bench_time(words: list[str]) -> timedelta:
    if not words:
        return bench.USUAL
    if words[0].casefold() == "for":
        words = words[1:]
    return duration_in(words, bench.SHORTEST, bench.LONGEST)


VERBS: dict[str, Callable[[list[str]], Command]] = {
    "register": lambda words: _register(" ".join(words)),
    "name": _name,
    "move": _move,
    "cancel": _serial_command(CancelCommand),
    "reimage": _serial_command(ReimageCommand),
    "show": _serial_command(ShowCommand),
    "preview": _preview,
    "find": _find,
    "bench": _bench,
    "list": _site_command(ListCommand),
    "template": lambda _: TemplateCommand(),
    "log": lambda _: LogCommand(),
    "digest": lambda _: DigestCommand(),
    "stats": _stats,
    "export": _site_command(ExportCommand),
    "doctor": lambda _: DoctorCommand(),
    "help": lambda _: HelpCommand(),
}
