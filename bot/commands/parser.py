"""The parser of the text behind the slash command, which knows the names of the repo."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.commands import grammar, readers
from bot.commands.models import (
    BenchCommand,
    Command,
    ListCommand,
    LongPasteCommand,
    MoveCommand,
    PasteCommand,
    RegisterCommand,
    ShowCommand,
)
from bot.commands.verbs import (
    NOTHING_DONE,
    ONE_SERIAL,
    READ_ALONE,
    IncompleteMove,
    UnknownVerb,
    hint_for,
    other_word_for,
    verb_beside,
)
from bot.commands.words import (
    ALL,
    BESIDE,
    BETWEEN_NAMES,
    Misunderstood,
    bare,
    begins_with,
    is_between,
    refuse_doubtful,
    refuse_otherwise,
    telling,
    unescaped,
    verb_in,
    without_greeting,
    words_beside,
    words_of,
    words_or_none,
)
from infrastructure.errors import RollcallError
from provisioning.imports.parsing import free_text
from provisioning.imports.parsing.entries import Entry
from provisioning.imports.parsing.names import KnownNames, Named, Names
from provisioning.imports.parsing.prose import places
from provisioning.imports.parsing.prose.sentences import IN_QUESTION
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial
from provisioning.imports.parsing.vocabulary.headings import ColumnKind, meaning
from provisioning.values.kinds import BOTH, BUILD, SITE, Kinds

NameLister = Callable[[], Sequence[str]]
_PlacedT = TypeVar("_PlacedT", bound=RegisterCommand | MoveCommand | BenchCommand)

_CELLS = re.compile(r"\w[,;|]\w")  # in the first line of a table
_ABOUT = re.compile(r"\?|\b(?:list|macs?)\b", re.IGNORECASE)  # `London?`, `London Macs`
LONGEST_PASTE = 6000  # characters of a text that is read while a person waits: some 200 Macs


@dataclass(frozen=True, slots=True)
class RepoNames:
    """The names of a repo, which are listed only where a text may need them.

    `sites` and `builds` return those that exist, of the `kinds` that the repo has, and raise what
    reading the repo does.
    """

    sites: NameLister
    builds: NameLister
    kinds: Kinds

    def known(self) -> tuple[KnownNames, KnownNames]:
        """Return the names of sites and of builds; None for a kind that the repo lacks."""
        return (
            self.sites() if SITE in self.kinds.names else None,
            self.builds() if BUILD in self.kinds.names else None,
        )

    def listed(self) -> Names:
        """Return an index of all names."""
        return Names.of(*self.known())


def parse(text: str, sites: NameLister, builds: NameLister, kinds: Kinds = BOTH) -> Command:
    """Return the command in `text`, a paste with the Macs in it.

    `sites` and `builds` return the names that exist, of the `kinds` that the repo has. They are
    called only where a text may hold several serials, so `help` needs no Munki repo. Raises
    Misunderstood, with the expected form, and what the two raise.
    """
    text, repo = unescaped(text), RepoNames(sites, builds, kinds)
    try:
        command = grammar.command_in(text, kinds)
    except Misunderstood as error:
        command = _read_by_names(text, repo, error)
    if isinstance(command, RegisterCommand):
        return _single_or_paste(command, repo)
    if isinstance(command, grammar.PlainText):
        return _paste(command, repo)
    if _may_name_site(command) and (site := _site_in(_asked_of(command, text), repo)):
        return ListCommand(site)
    if isinstance(command, BenchCommand | MoveCommand):
        return _in_order(text, command, repo)
    return command


def _may_name_site(command: Command) -> bool:
    """Return True for what shows the Macs of a site where one is named: `what's left in london?`"""
    is_no_serial = isinstance(command, ShowCommand) and not looks_serial(command.serial)
    return is_no_serial or command == ListCommand(None)


def _asked_of(command: Command, text: str) -> str:
    """The words that may name a site: `where is lab-07 in london?` asks for lab-07 alone."""
    if isinstance(command, ShowCommand) and re.search("[0-9]", command.serial):
        return command.serial
    return text


def _site_in(text: str, repo: RepoNames) -> str | None:
    """The one site that a text names; None for other texts, and where the repo cannot be read."""
    with suppress(RollcallError):
        names = replace(repo, builds=lambda: ()).listed()
        named = names.named_in(text).sites
        return names.as_site(named[0]) if len(named) == 1 else None
    return None


def _single_or_paste(command: RegisterCommand, repo: RepoNames) -> Command:
    """A single Mac to register, or a paste: several serials, or words in another order."""
    known = repo.known()
    text, names = f"{command.serial} {command.site} {command.build}", Names.of(*known)
    result = free_text.read(text, *known)
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
    if not keys and _is_short(command) and not is_known:  # `register Macs in london`
        raise grammar.form_of_register(names.kinds)
    is_joined = "-" in command.serial and keys == [command.serial.replace("-", "").upper()]
    if is_joined or len(keys) >= (1 if is_other else 2):
        return PasteCommand(result)
    return _spelt(command, names)


def _is_short(command: RegisterCommand | MoveCommand) -> bool:
    """Return True if a word such as “to” stands in the place of a name: `C02… to London`."""
    return any(map(is_between, (command.site, command.build)))


def _lacks_name(command: MoveCommand, names: Names) -> bool:
    """Return True for one name and another word, or for two of a kind: `London to Paris`."""
    is_other = names.is_build(command.site) or names.is_site(command.build)
    words = {command.site.casefold(), command.build.casefold()}
    return is_other or _is_short(command) or not words.isdisjoint({"site", "build"})


def _spelt(command: _PlacedT, names: Names) -> _PlacedT:
    """A command with its names as the repo spells them."""
    site, build = names.as_site(command.site), names.as_build(command.build)
    return replace(command, site=site, build=build)


def _in_order(text: str, command: BenchCommand | MoveCommand, repo: RepoNames) -> Command:
    """The command with a build behind its site, and a serial before both, whatever was typed first.

    Where the repo cannot be read it stays as it was typed, and its act says why. Raises
    Misunderstood for one name and a word such as “to”.
    """
    try:
        names = repo.listed()
    except RollcallError:
        return command
    is_known = names.is_site(command.site) or names.is_build(command.build)
    is_whole = names.is_site(command.site) and names.is_build(command.build)
    is_led = isinstance(command, MoveCommand) and names.is_known(command.serial)
    lacks_name = isinstance(command, MoveCommand) and _lacks_name(command, names) and not is_whole
    if is_known and not is_led and not lacks_name:
        return _spelt(command, names)
    if names.is_build(command.site) and names.is_site(command.build):
        return _spelt(replace(command, site=command.build, build=command.site), names)
    if isinstance(command, MoveCommand) and not re.search("[\"']", text):  # quoted words are names
        try:
            return _read_by_names(text, repo, Misunderstood(ONE_SERIAL))
        except IncompleteMove:
            raise
        except Misunderstood:
            pass
        if lacks_name:
            return readers.move([command.serial], repo.kinds)  # raises
    return _spelt(command, names)


def _read_by_names(text: str, repo: RepoNames, error: Misunderstood) -> Command:
    """The command of words that name places as people speak: `move C02… to New York as a kiosk`.

    Raises `error`, too, where it names none, or several.
    """
    verb, rest = verb_in(without_greeting(text))
    if (form := grammar.PLACED.get(verb)) is None:
        raise error
    names = repo.listed()
    found, everywhere = places.of(rest, names), names.places_in(rest)
    named = places.named_in(found)
    where = [name for name in (named.site, named.build) if name]
    is_as_expected = verb == "bench" and words_of(rest)[: len(where)] == where
    if not where or is_as_expected or max(len(named.sites), len(named.builds)) > 1:
        raise error
    others = BETWEEN_NAMES if verb == "bench" else BESIDE  # its times have words such as “for”
    beside = words_of(places.without(rest, everywhere))
    if verb == "move":
        refuse_otherwise(beside)
        refuse_doubtful(text)
    words = telling(beside, others)
    if verb == "move" and len(words) > 1 and len(found) < len(everywhere):
        raise error  # a word such as `out` before the place that the Mac leaves is none of a place
    if verb == "move" and len(where) == len(words) == 1 and repo.kinds == BOTH:
        raise error if words == [ALL] else IncompleteMove(words[0], named.site, named.build)
    try:
        return grammar.VERBS[verb](
            [*where, *words] if form == grammar.FIRST else [*words, *where], repo.kinds
        )
    except Misunderstood:
        raise error from None


def _paste(command: grammar.PlainText, repo: RepoNames) -> Command:
    if len(command.text) > LONGEST_PASTE:
        return LongPasteCommand(command.text)
    if not command.text.strip():  # quotes around nothing
        raise command.error
    known = repo.known()
    result = free_text.read_typed(command.text, words_or_none(command.text) or (), *known)
    number, names = len(result.entries), Names.of(*known)
    is_line = isinstance(command.error, UnknownVerb) and "\n" not in command.text.strip()
    first, *others = command.text.split()
    is_label = places.is_filler(first) or meaning(first) == ColumnKind.SERIAL
    is_verb = number == len(others) == 1 and not is_label and _CELLS.search(first) is None
    has_unknown_verb = (
        (command.is_named or is_verb)
        and not any(begins_with(bare(first).upper(), each.serial.key) for each in result.entries)
        and not _begins_list(first, names)
    )
    if number == 1 and (others or first.endswith("?") or not first.isascii()):  # C02…を解除
        [entry], error = result.entries, _meant_by(command, result.entries[0])
        if _only_asks(entry, first, error):
            return ShowCommand(entry.serial.text)
        if error is not command.error:
            raise error
    beside = words_beside(command.text, names)
    is_said = len(beside) == 1 and any(each.site or each.build for each in result.entries)
    is_lonely = command.several and not (is_said or result.entries[1:])
    if is_line and not (number or result.rejected or _says_more(beside)):
        return _about_site(command, names.named_in(command.text), is_list=bool(beside))
    if has_unknown_verb or is_lonely or not (number or result.rejected):
        raise command.error
    return PasteCommand(result, is_bare=is_line and result.is_bare)


def _says_more(words: Sequence[str]) -> bool:
    """Return True for words beside names but one that asks for a list: `London status`."""
    return len(words) > 1 or any(
        word.casefold() != "status" and other_word_for(word, is_alone=True) != ["list"]
        for word in words
    )


def _about_site(command: grammar.PlainText, named: Named, *, is_list: bool) -> ListCommand:
    """The list of the site in a text that holds nothing else, such as `London?`.

    Raises what is said to other names, which may answer what was asked before.
    """
    if len(named.sites) == 1 and (is_list or _ABOUT.search(command.text)):
        return ListCommand(named.sites[0])
    if named.sites or named.builds:
        raise UnknownVerb(command.text.split()[0], hint=READ_ALONE)
    raise command.error


def _meant_by(command: grammar.PlainText, entry: Entry) -> Misunderstood:
    """The error of a text with one Mac and no place, which may hold a verb: `C02… stornieren`."""
    serial, words = entry.serial.text, words_or_none(command.text) or command.text.split()
    if not isinstance(command.error, UnknownVerb) or entry.site or entry.build:
        return command.error
    if hint_for(command.text) == NOTHING_DONE:
        return UnknownVerb(words[0], hint=NOTHING_DONE)
    if command.error.nearest or "\n" in command.text.strip():
        return command.error
    if command.text.strip(" ?").upper() == entry.serial.key:
        return UnknownVerb(serial, ["show"])
    verbs = [*verb_beside([word.lower() for word in words])]
    if not verbs:
        return command.error
    return UnknownVerb(words[0], verbs if verbs == ["show"] else [f"{verbs[0]} {serial}"])


def _only_asks(entry: Entry, first: str, error: Misunderstood) -> bool:
    """Return True if a question, or a word such as `status`, is about a Mac and names no place."""
    asks = isinstance(error, UnknownVerb) and [*error.nearest] in (["show"], ["log"])
    is_question = asks or IN_QUESTION in (entry.doubt or "")
    start, key = bare(first).upper(), entry.serial.key
    is_apart = start == key or not key.startswith(start)
    return is_question and is_apart and not (entry.site or entry.build)


def _begins_list(word: str, names: Names) -> bool:
    """Return True if a word before a serial is a name of the repo's first kind."""
    named = names.named_in(word)
    return bool(named.sites if SITE in names.kinds.names else named.builds)
