"""Texts without a command, read with the names of the repo: Macs to register, or a question."""

import re
from collections.abc import Sequence

from bot.commands.models import Command, ListCommand, LongPasteCommand, PasteCommand, ShowCommand
from bot.commands.parsing.plain_text import PlainText
from bot.commands.parsing.repo_names import RepoNames
from bot.commands.parsing.talk import NOTHING_DONE, READ_ALONE, hint_for
from bot.commands.parsing.verbs import UnknownVerb, other_word_for, verb_beside
from bot.commands.parsing.words import Misunderstood, bare, begins_with, words_beside, words_or_none
from provisioning.imports.parsing import free_text
from provisioning.imports.parsing.entries import Entry
from provisioning.imports.parsing.names import Named, Names
from provisioning.imports.parsing.prose import places
from provisioning.imports.parsing.prose.sentences import IN_QUESTION
from provisioning.imports.parsing.vocabulary.headings import ColumnKind, meaning
from provisioning.values.kinds import SITE

_CELLS = re.compile(r"\w[,;|]\w")  # in the first line of a table
_ABOUT = re.compile(  # `London?`, `London Macs`, `London done`
    r"\?|\b(?:list|status|macs?|done|finished|ready|fertig|finie?|prête?|terminée?|list[oa]s?"
    r"|est|sont|yet|already|schon|déjà|ya)\b|終わ|完了",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\W*(?:how(?:['’]?s| is| are)|is|are|ist|sind|est-ce que|est|está|están) +(.{1,100}?)"
    r"(?:\s+(?:doing|going|looking))?\W*",
    re.IGNORECASE,
)
LONGEST_PASTE = 6000  # characters of a text that is read while a person waits: some 200 Macs


def read(command: PlainText, repo: RepoNames) -> Command:
    """Return the Macs in a text, or the look at the one Mac or the site that it asks about.

    Raises the error of the text where it holds none, and what reading the repo does.
    """
    if len(command.text) > LONGEST_PASTE:
        return LongPasteCommand(command.text)
    known = repo.known()
    result = free_text.read_typed(command.text, words_or_none(command.text) or (), *known)
    about = f"{asked[1]}?" if (asked := _ASKING.fullmatch(command.text)) else command.text
    names, is_empty = Names.of(*known), not (result.entries or result.rejected)
    if len(result.entries) == 1 and _is_asked(command, result.entries[0]):
        return ShowCommand(result.entries[0].serial.text)
    is_line = isinstance(command.error, UnknownVerb) and "\n" not in command.text.strip()
    beside = words_beside(about, names)
    if is_empty and is_line and all(map(_asks_for_list, beside)):
        return _about_site(command, about, names.named_in(about))
    is_placed = len(beside) == 1 and any(each.site or each.build for each in result.entries)
    is_lonely = command.several and not (is_placed or result.entries[1:])
    if is_empty or is_lonely or _begins_with_verb(command, result.entries, names):
        raise command.error
    return PasteCommand(result, is_bare=is_line and result.is_bare)


def _is_asked(command: PlainText, entry: Entry) -> bool:
    """Return True if a text asks about its one Mac. Raises what is said to another verb in it."""
    first, *others = command.text.split()
    if not (others or first.endswith("?") or not first.isascii()):  # C02…を解除
        return False
    error = _meant_by(command, entry)
    if _only_asks(entry, first, error):
        return True
    if error is not command.error:
        raise error
    return False


def _begins_with_verb(command: PlainText, entries: Sequence[Entry], names: Names) -> bool:
    """Return True if the first word is no serial, no label and no place, but an unknown verb."""
    first, *others = command.text.split()
    is_label = places.is_filler(first) or meaning(first) == ColumnKind.SERIAL
    is_verb = len(entries) == len(others) == 1 and not is_label and _CELLS.search(first) is None
    is_serial = any(begins_with(bare(first).upper(), each.serial.key) for each in entries)
    return (command.is_named or is_verb) and not is_serial and not _begins_list(first, names)


def _asks_for_list(word: str) -> bool:
    """Return True for a word such as those of `London?`, `London status` and `liste Paris`."""
    return _ABOUT.search(word) is not None or other_word_for(word, is_alone=True) == ["list"]


def _about_site(command: PlainText, about: str, named: Named) -> ListCommand:
    """The list of the site that a text is `about`, and nothing else, such as `London?`.

    A question about several sites, or a build, is answered by the whole list.

    Raises what is said to other names, which may answer what was asked before.
    """
    if len(named.sites) == 1 and any(map(_asks_for_list, about.split())):
        return ListCommand(named.sites[0])
    if (named.sites or named.builds) and about != command.text:  # `are London and Paris done?`
        return ListCommand(None)
    if named.sites or named.builds:
        raise UnknownVerb(command.text.split()[0], hint=READ_ALONE)
    raise command.error


def _meant_by(command: PlainText, entry: Entry) -> Misunderstood:
    """The error of a text with one Mac and no place, which may hold a verb: `C02… stornieren`."""
    serial, words = entry.serial.text, words_or_none(command.text) or command.text.split()
    if not isinstance(command.error, UnknownVerb) or entry.site or entry.build:
        return command.error
    if hint_for(command.text) == NOTHING_DONE:
        return UnknownVerb(words[0], hint=NOTHING_DONE)
    is_other = command.error.nearest and [*command.error.nearest] != ["register"]
    if is_other or "\n" in command.text.strip():
        return command.error
    if command.text.strip(" ?").upper() == entry.serial.key:
        return UnknownVerb(serial, ["show"])
    verbs = [*verb_beside([word.lower() for word in words])]
    if not verbs or (command.error.nearest and verbs != ["reimage"]):  # `image … again`
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
