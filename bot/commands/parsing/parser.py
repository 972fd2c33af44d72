"""The parser of the text behind the slash command, which knows the names of the repo."""

import re
from dataclasses import replace
from typing import TypeVar

from bot.commands.models import (
    BenchCommand,
    Command,
    ListCommand,
    MoveCommand,
    PasteCommand,
    RegisterCommand,
    ShowCommand,
)
from bot.commands.parsing import grammar, pastes, readers
from bot.commands.parsing.greetings import refuse_doubtful, without_greeting
from bot.commands.parsing.marks import unescaped
from bot.commands.parsing.plain_text import PlainText
from bot.commands.parsing.repo_names import NameLister, RepoNames
from bot.commands.parsing.talk import ONE_SERIAL
from bot.commands.parsing.verbs import IncompleteMove
from bot.commands.parsing.words import (
    ALL,
    BESIDE,
    BETWEEN_NAMES,
    Misunderstood,
    is_between,
    refuse_otherwise,
    telling,
    verb_in,
    words_of,
)
from infrastructure.errors import RollcallError
from provisioning.imports.parsing import free_text
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.prose import places
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial
from provisioning.values.kinds import BOTH, Kinds

_PlacedT = TypeVar("_PlacedT", bound=RegisterCommand | MoveCommand | BenchCommand)


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
    if isinstance(command, PlainText):
        return pastes.read(command, repo)
    if _may_name_site(command) and (site := repo.site_in(_asked_of(command, text))):
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
