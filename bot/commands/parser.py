"""The parser of the text behind the slash command."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.commands import bench_words, readers
from bot.commands.models import (
    BenchCommand,
    CancelCommand,
    Command,
    DigestCommand,
    DoctorCommand,
    ExportCommand,
    FormCommand,
    HelpCommand,
    ListCommand,
    LogCommand,
    LongPasteCommand,
    MoveCommand,
    PasteCommand,
    RegisterCommand,
    ReimageCommand,
    ShowCommand,
    SignInCommand,
    TemplateCommand,
)
from bot.commands.readers import Reader
from bot.commands.verbs import CORRECTIONS, UnknownVerb, other_word_for, slip_of
from bot.commands.words import (
    BESIDE,
    BETWEEN_NAMES,
    Misunderstood,
    bare,
    hyphened,
    is_between,
    telling,
    unescaped,
    verb_in,
    without_greeting,
    words_of,
    words_or_none,
)
from infrastructure.errors import RollcallError
from infrastructure.text import Sentence
from provisioning.imports.parsing import free_text
from provisioning.imports.parsing.entries import with_doubt
from provisioning.imports.parsing.names import KnownNames, Names
from provisioning.imports.parsing.prose import places
from provisioning.imports.parsing.serial_shapes import looks_serial
from provisioning.values.kinds import BOTH, BUILD, SITE, Kinds

NameLister = Callable[[], Sequence[str]]
_PlacedT = TypeVar("_PlacedT", bound=RegisterCommand | MoveCommand | BenchCommand)

LONGEST_PASTE = 6000  # characters of a text that is read while a person waits: some 200 Macs

_THEN = {
    (SITE, BUILD): Sentence("then a site, then a build"),
    (SITE,): Sentence("then a site"),
    (BUILD,): Sentence("then a build"),
}
IN_QUESTION = "stands in a question"  # the doubt about such a Mac
_TRIPLE = 3  # words: a serial, a site, a build


@dataclass(frozen=True, slots=True)
class _Text(Command):
    """Words that are not a command and may hold serials; `error` is raised where they do not.

    `several`: they have to hold more than one. `is_named`: they have to begin with a place.
    `is_question`: their Macs are asked about.
    """

    text: str
    error: Misunderstood
    several: bool = False
    is_named: bool = False
    is_question: bool = False


def parse(text: str, sites: NameLister, builds: NameLister, kinds: Kinds = BOTH) -> Command:
    """Return the command in `text`, a paste with the Macs in it.

    `sites` and `builds` return the names that exist, of the `kinds` that the repo has. They are
    called only where a text may hold several serials, so `help` needs no Munki repo. Raises
    Misunderstood, with the expected form, and what the two raise.
    """
    text = unescaped(text)
    try:
        command = _command_in(text, kinds)
    except Misunderstood as error:
        command = _read_by_names(text, kinds, sites, builds, error)
    if isinstance(command, RegisterCommand):
        return _single_or_paste(command, *_known(sites, builds, kinds))
    if isinstance(command, _Text):
        return _paste(command, sites, builds, kinds)
    if isinstance(command, BenchCommand | MoveCommand):
        return _in_order(text, command, (sites, builds), kinds)
    return command


def _known(sites: NameLister, builds: NameLister, kinds: Kinds) -> tuple[KnownNames, KnownNames]:
    return (
        sites() if SITE in kinds.names else None,
        builds() if BUILD in kinds.names else None,
    )


def _single_or_paste(command: RegisterCommand, sites: KnownNames, builds: KnownNames) -> Command:
    """A single Mac to register, or a paste: several serials, or words in another order."""
    text, names = f"{command.serial} {command.site} {command.build}", Names.of(sites, builds)
    result = free_text.read(text, sites, builds)
    is_known = names.is_site(command.site) and names.is_build(command.build)
    is_other = not is_known and (
        all(entry.site and entry.build for entry in result.entries) or _is_short(command)
    )
    if command.name:
        can_be = names.is_build(command.site) and names.is_site(command.build)
        if can_be and not is_known:
            return replace(command, site=command.build, build=command.site)
        return _spelt(command, names)
    keys = [entry.serial.key for entry in result.entries]
    is_joined = "-" in command.serial and keys == [command.serial.replace("-", "").upper()]
    if is_joined or len(keys) > (not is_other):
        return PasteCommand(result)
    return _spelt(command, names)


def _is_short(command: RegisterCommand | MoveCommand) -> bool:
    """Return True if a word such as “to” stands in the place of a name: `C02… to London`."""
    return any(map(is_between, (command.site, command.build)))


def _is_quoted(text: str) -> bool:
    """Return True if some words of a text stand in quotes, and mean what they are."""
    return '"' in text or "'" in text


def _spelt(command: _PlacedT, names: Names) -> _PlacedT:
    """A command with its names as the repo spells them."""
    site, build = names.as_site(command.site), names.as_build(command.build)
    return replace(command, site=site, build=build)


def _in_order(
    text: str,
    command: BenchCommand | MoveCommand,
    listers: tuple[NameLister, NameLister],
    kinds: Kinds,
) -> Command:
    """The command with a build behind its site, and a serial before both, whatever was typed first.

    Where the repo cannot be read it stays as it was typed, and its act says why. Raises
    Misunderstood for one name and a word such as “to”.
    """
    try:
        names = Names.of(*_known(*listers, kinds))
    except RollcallError:
        return command
    is_known = names.is_site(command.site) or names.is_build(command.build)
    is_led = isinstance(command, MoveCommand) and names.is_known(command.serial)
    if is_known and not is_led:
        return _spelt(command, names)
    if names.is_build(command.site) and names.is_site(command.build):
        return _spelt(replace(command, site=command.build, build=command.site), names)
    if isinstance(command, MoveCommand) and not _is_quoted(text):
        with suppress(Misunderstood):
            return _read_by_names(
                text, kinds, *listers, Misunderstood("Type one serial behind the command")
            )
        if _is_short(command):
            return readers.move([command.serial], kinds)  # raises
    return _spelt(command, names)


def _read_by_names(
    text: str, kinds: Kinds, sites: NameLister, builds: NameLister, error: Misunderstood
) -> Command:
    """The command of words that name places as people speak: `move C02… to New York as a kiosk`.

    Raises `error`, too, where it names none, or several.
    """
    verb, rest = verb_in(without_greeting(text))
    if (form := PLACED.get(verb)) is None:
        raise error
    names = Names.of(*_known(sites, builds, kinds))
    named = places.named_in(places.of(rest, names))
    where = [name for name in (named.site, named.build) if name]
    is_as_expected = verb == "bench" and words_of(rest)[: len(where)] == where
    if not where or is_as_expected or max(len(named.sites), len(named.builds)) > 1:
        raise error
    others = BETWEEN_NAMES if verb == "bench" else BESIDE  # its times have words such as “for”
    words = telling(words_of(places.without(rest, names.places_in(rest))), others)
    try:
        return VERBS[verb]([*where, *words] if form == FIRST else [*words, *where], kinds)
    except Misunderstood:
        raise error from None


def _paste(
    command: _Text, sites: NameLister, builds: NameLister, kinds: Kinds
) -> PasteCommand | LongPasteCommand:
    if len(command.text) > LONGEST_PASTE:
        return LongPasteCommand(command.text)
    if not command.text.strip():  # quotes around nothing
        raise command.error
    known = _known(sites, builds, kinds)
    result = free_text.read_typed(command.text, words_or_none(command.text) or (), *known)
    number = len(result.entries)
    first, *others = command.text.split()
    is_verb = number == len(others) == 1 and not places.is_filler(first)
    has_unknown_verb = (
        (command.is_named or is_verb)
        and not any(bare(first).upper() == entry.serial.key for entry in result.entries)
        and not _begins_list(first, Names.of(*known))
    )
    if command.is_question and number == 1 and others:
        if not any(entry.site or entry.build for entry in result.entries):
            raise UnknownVerb(first, ["show"])
        asked = tuple(with_doubt(entry, IN_QUESTION) for entry in result.entries)
        result = replace(result, entries=asked)
    is_lonely = command.several and not result.entries[1:]
    if has_unknown_verb or is_lonely or not (number or result.rejected):
        raise command.error
    return PasteCommand(result)


def _begins_list(word: str, names: Names) -> bool:
    """Return True if a word before a serial is a name of the repo's first kind."""
    named = names.named_in(word)
    return bool(named.sites if SITE in names.kinds.names else named.builds)


def _command_in(text: str, kinds: Kinds) -> Command:
    if not text.strip():
        return FormCommand()
    text = without_greeting(text).strip()
    verb, rest = verb_in(text)
    if verb == "register":
        return _register(rest.strip(" \r\n"), kinds)
    reader = VERBS.get(verb)
    if reader is not None and not (verb == "list" and "\n" in text):
        return reader(words_of(rest, is_sentence=verb != "name"), kinds)
    words = words_or_none(text)
    if words == []:  # nothing but pictures
        raise UnknownVerb(text)
    return _unknown_text(text, words or text.split())


def _unknown_text(text: str, words: list[str]) -> _Text:
    """The error of a text without a verb; a mistyped verb is never taken for Macs to register."""
    is_verb = words[0].lower() in VERBS  # of a text such as `list of Macs: …`
    slips = () if is_verb else slip_of(words[0], VERBS)
    other = other_word_for(words[0])
    error = UnknownVerb(words[0], other or slips)
    if (slips and not other) or words[0].startswith("/"):
        raise error
    is_led = other == ["register"] or words[0].lower() in CORRECTIONS
    is_question = text.rstrip().endswith("?") and other != ["register"]
    is_named = bool(other) and not is_led
    return _Text(text, error, is_named=is_named, is_question=is_question)


def _register(text: str, kinds: Kinds) -> RegisterCommand | _Text:
    expected = Misunderstood(
        "{lack}At least a serial, {then}: SERIAL {form}",
        lack=kinds.lack,
        then=_THEN[kinds.names],
        form=kinds.form,
    )
    if not text:
        raise expected
    if "\n" in text:
        return _Text(text, expected)
    words = words_or_none(text)
    if words is None:
        return _Text(text, Misunderstood("A quotation mark is not closed"))
    number = 1 + len(kinds.names)
    if len(words) == number:
        return RegisterCommand(bare(words[0]), *kinds.pair(words[1:]))
    is_named = [word.casefold() for word in words[number : number + 1]] == ["named"]
    if is_named and not any(looks_serial(bare(word)) for word in words[number + 2 :]):
        return _named(words, number, kinds)
    return _Text(text, expected, several=len(words) == _TRIPLE)


def _named(words: list[str], number: int, kinds: Kinds) -> RegisterCommand:
    name = words[number + 1 :]
    if not name:
        raise Misunderstood("A name at the end: SERIAL {form} named lab-07", form=kinds.form)
    return RegisterCommand(bare(words[0]), *kinds.pair(words[1:number]), hyphened(name))


def _help(words: list[str]) -> HelpCommand:
    if not words:
        return HelpCommand()
    verb = next(iter(telling(words)), "").lower()
    if not verb:  # `help me`
        return HelpCommand()
    if verb not in VERBS:
        raise UnknownVerb(verb, other_word_for(verb) or slip_of(verb, VERBS))
    return HelpCommand(verb)


FIRST, LAST = "first", "last"
# Verbs that take places, and where these stand among their words.
PLACED = {
    **dict.fromkeys(("bench", "export", "list", "stats"), FIRST),
    **dict.fromkeys(("move", "preview"), LAST),
}
VERBS: dict[str, Reader] = {
    "register": lambda words, kinds: _register(" ".join(words), kinds),
    "name": readers.name,
    "move": readers.move,
    "cancel": readers.serial_command(CancelCommand),
    "reimage": readers.serial_command(ReimageCommand),
    "replace": readers.replace,
    "show": readers.serial_command(ShowCommand),
    "preview": readers.preview,
    "find": readers.find,
    "bench": bench_words.read,
    "list": readers.site_command(ListCommand),
    "template": lambda _, __: TemplateCommand(),
    "log": lambda _, __: LogCommand(),
    "digest": lambda _, __: DigestCommand(),
    "stats": readers.stats,
    "export": readers.site_command(ExportCommand),
    "doctor": lambda _, __: DoctorCommand(),
    "token": readers.token,
    "sign-in": lambda _, __: SignInCommand(),
    "email": readers.email,
    "webhooks": readers.webhooks,
    "help": lambda words, _: _help(words),
}
