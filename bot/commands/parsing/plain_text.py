"""Texts that are no command: what is said of them where they hold no serials."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands.models import Command, ShowCommand
from bot.commands.parsing.greetings import GREETINGS, as_wish
from bot.commands.parsing.talk import CORRECTIONS, READ_ALONE, hint_for, is_answer, verb_asked_for
from bot.commands.parsing.verbs import VERB_NAMES, UnknownVerb, other_word_for, shows, slip_of
from bot.commands.parsing.words import Misunderstood, bare, telling
from provisioning.imports.parsing.prose import places
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial, serials_in

_OF_SERIAL = frozenset(
    {"cancel", "find", "move", "name", "preview", "register", "reimage", "replace", "show"}
)
_ASKS_LEAVE = frozenset({"may", "shall"})  # for what they name, if that is a place


@dataclass(frozen=True, slots=True)
class PlainText(Command):
    """Words that are not a command and may hold serials; `error` is raised where they do not.

    `several`: they have to hold more than one. `is_named`: they have to begin with a place.
    """

    text: str
    error: Misunderstood
    several: bool = False
    is_named: bool = False


def of_no_verb(text: str, words: list[str]) -> PlainText | ShowCommand:
    """Return a text without a verb with its error, or the look at the Mac that it asks about.

    Raises UnknownVerb for what holds no serials, such as an answer or a mistyped verb alone: that
    is never taken for Macs to register.
    """
    first, other = words[0].lower(), other_word_for(words[0])
    slips = () if first in VERB_NAMES else slip_of(first)  # not of `list of Macs: …`
    is_reply = not serials_in(text) and is_answer(text)
    hint = hint_for(text) or (READ_ALONE if is_reply else "")
    error = UnknownVerb(words[0], _nearest(text, words, other), hint)
    if error.nearest == ["show"] and (name := _name_in(text, words)):
        return ShowCommand(name)
    is_question = text.rstrip().endswith("?")
    is_slip = bool(slips) and not (other or places.is_filler(first))
    is_alone = is_reply and len(words) == 1  # `2`
    if first.startswith("/") or is_alone or (is_slip and not _has_serial(words)):
        raise error
    is_mistyped = is_slip and (_begins_with_serial(words[1:]) or _has_letters_of(first, slips))
    asks = is_question and first not in _ASKS_LEAVE
    is_asked = asks and verb_asked_for(text, has_serial=True) == ["show"]
    is_other = bool(other) and not _may_begin_list(text, first, other)
    said = as_wish(text) if other == ["register"] else text
    return PlainText(said, error, is_named=is_mistyped or is_asked or is_other)


def _has_serial(words: Sequence[str]) -> bool:
    return any(looks_serial(bare(word)) for word in words)


def _name_in(text: str, words: Sequence[str]) -> str:
    """The one word of a line that may be the name of a Mac, as in `who has lab-07?`; or nothing."""
    named = [bare(word) for word in words[1:] if re.search(r"[^\W\d].*[0-9]", word)]
    is_one = len(named) == 1 and "\n" not in text and not serials_in(text)
    return named[0] if is_one else ""


def _may_begin_list(text: str, first: str, other: Sequence[str]) -> bool:
    """Return True for a word before Macs to register, though it is another one for a verb."""
    is_view = shows(other) and not serials_in(text.partition("\n")[0])  # `Open:`
    is_greeting = first.rstrip("!.") in GREETINGS
    return other == ["register"] or first in CORRECTIONS or is_greeting or is_view


def _begins_with_serial(words: list[str]) -> bool:
    """Return True if the words behind a mistyped verb begin with its serial; not `Ten Macs: …`."""
    told = telling(words)
    return bool(told) and looks_serial(bare(told[0])) and words[0].casefold() != "macs"


def _has_letters_of(word: str, slips: Sequence[str]) -> bool:
    """Return True for `mvoe` and `regster`; not for headings such as `Home` and `Regie`."""
    likely = {"move", "register"}.intersection(slips)
    return any(set(word) <= set(verb) and len(verb) - len(word) <= 1 for verb in likely)


def _nearest(text: str, words: list[str], other: Sequence[str]) -> Sequence[str]:
    """The verbs that a text may mean: its own words before what they are like."""
    has_serial = _has_serial(words)
    own = [] if has_serial else [word.lower() for word in words[1:] if word.lower() in VERB_NAMES]
    named = own[:1]
    if named and other == ["help"]:  # `how do I cancel`
        return [f"help {named[0]}"]
    asked = verb_asked_for(text, has_serial=has_serial)
    slips = slip_of(words[0], _OF_SERIAL if has_serial else VERB_NAMES)
    return asked or other or named or slips
