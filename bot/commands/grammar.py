"""The grammar of the slash command: its verbs, and the words behind them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands import bench_words, readers
from bot.commands.models import (
    CancelCommand,
    Command,
    DigestCommand,
    DoctorCommand,
    ExportCommand,
    FormCommand,
    HelpCommand,
    RegisterCommand,
    ReimageCommand,
    ShowCommand,
    SignInCommand,
    TemplateCommand,
)
from bot.commands.readers import Reader
from bot.commands.verbs import (
    CORRECTIONS,
    READ_ALONE,
    UnknownVerb,
    hint_for,
    is_answer,
    other_word_for,
    slip_of,
    verb_asked_for,
)
from bot.commands.words import (
    GREETINGS,
    Misunderstood,
    as_wish,
    bare,
    hyphened,
    refuse_doubtful,
    telling,
    verb_in,
    without_courtesy,
    without_greeting,
    words_of,
    words_or_none,
)
from infrastructure.text import Sentence
from provisioning.imports.parsing import free_text
from provisioning.imports.parsing.prose import places
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial, serials_in
from provisioning.imports.parsing.vocabulary.headings import ColumnKind, meaning
from provisioning.values.kinds import BUILD, SITE, Kinds

_THEN = {
    (SITE, BUILD): Sentence("then a site, then a build"),
    (SITE,): Sentence("then a site"),
    (BUILD,): Sentence("then a build"),
}
_CELL_ENDS = re.compile(r"[\t,;|]")
_TRIPLE = 3  # words: a serial, a site, a build
_LONGEST_SEARCH = 3  # words behind another word for `find`
_LONGEST_QUESTION = 200  # characters


@dataclass(frozen=True, slots=True)
class PlainText(Command):
    """Words that are not a command and may hold serials; `error` is raised where they do not.

    `several`: they have to hold more than one. `is_named`: they have to begin with a place.
    """

    text: str
    error: Misunderstood
    several: bool = False
    is_named: bool = False


def command_in(text: str, kinds: Kinds) -> Command:
    """Return the command in a text, or the text where it may hold serials. Raises Misunderstood."""
    if not text.strip():
        return FormCommand()
    if _is_table(text):
        return PlainText(text, UnknownVerb(*text.split(maxsplit=1)[:1]))
    written, text = text, without_greeting(text).strip()
    if match := _ASKS_HOW.fullmatch(text):
        if match[1].lower() not in _VIEWS or match[2]:
            return HelpCommand(match[1].lower())
        text = match[1]
    verb, rest = verb_in(text)
    verb = _view_for(verb, rest) or verb
    if verb == "register":
        return _register(as_wish(rest.strip(" \r\n")), kinds)
    reader = VERBS.get(verb)
    if reader is not None and not _is_list(verb, text):
        if verb in _AT_ONCE:
            refuse_doubtful(written)
        return reader(words_of(rest, is_sentence=verb != "name"), kinds)
    return _without_verb(text, kinds)


def _without_verb(text: str, kinds: Kinds) -> Command:
    """The view that a text without a verb asks for, or the text where it may hold serials."""
    words = words_or_none(text)
    if words == []:  # nothing but pictures
        raise UnknownVerb(text, hint=hint_for(text))
    if asked := _view_asked_for(text):
        return VERBS[asked]([], kinds)
    return _unknown_text(text, words or text.split())


def _view_for(word: str, rest: str) -> str:
    """Return the verb that another word asks for where nothing can go wrong, or nothing.

    It stands alone, such as `hilfe` or `pending`, or before what is looked for.
    """
    is_alone = not rest.strip()
    verb = next(iter(other_word_for(word, is_alone=is_alone)), "")
    is_whole = is_alone and _shows([verb])
    is_search = verb == "find" and "\n" not in rest and len(rest.split()) <= _LONGEST_SEARCH
    return verb if (is_whole or is_search) and not hint_for(word) else ""


def _view_asked_for(text: str) -> str:
    """Return the verb of what a question wants to see, such as `what failed?`, or nothing.

    Never of a list, which may begin so, whatever its serials look like: `Site London: C02 ZX1 …`.
    """
    asked = verb_asked_for(text, has_serial=False)
    is_question = "\n" not in text and len(text) <= _LONGEST_QUESTION and not hint_for(text)
    if not is_question or not _shows(asked[:1]):
        return ""
    found = free_text.read_typed(text, words_or_none(text) or (), (), ())
    return "" if found.entries or found.rejected else asked[0]


def _shows(verbs: Sequence[str]) -> bool:
    """Return True for the verb of something to look at that needs no other word."""
    return not {*_VIEWS, "help"}.isdisjoint(verbs)


def _is_table(text: str) -> bool:
    """Return True for Macs below headings, of which the first may be like a command: `Status,…`."""
    heading, *below = text.strip().splitlines()
    cells = [*filter(None, map(str.strip, _CELL_ENDS.split(heading)))]
    is_head = len(cells) > 1 and ColumnKind.SERIAL in map(meaning, cells)
    rows = (line for line in below if _CELL_ENDS.search(line))
    return is_head and not serials_in(heading) and any(map(serials_in, rows))


def _is_list(verb: str, text: str) -> bool:
    """Return True for Macs below a line that is like a command.

    Such as `List:`, `Name Serial Site` and `Please find below the new Macs`.
    """
    heading, *below = text.strip().splitlines()
    is_above = len(heading.split()) > 1 and not serials_in(heading)
    are_macs = is_above and any(map(serials_in, below))
    return bool(below) and (verb == "list" or (verb in _HEADINGS and are_macs))


def _unknown_text(text: str, words: list[str]) -> PlainText | ShowCommand:
    """The error of a text without a verb; a mistyped verb is never taken for Macs to register."""
    is_verb = words[0].lower() in VERBS  # of a text such as `list of Macs: …`
    slips = () if is_verb else slip_of(words[0], VERBS)
    other = other_word_for(words[0])
    is_reply = not serials_in(text) and is_answer(text)
    hint = hint_for(text) or (READ_ALONE if is_reply else "")
    error = UnknownVerb(words[0], _nearest(text, words, other), hint)
    is_question = text.rstrip().endswith("?")
    begins_sentence = places.is_filler(words[0]) and not is_question
    is_slip = bool(slips) and not (other or begins_sentence)
    named = [bare(word) for word in words[1:] if re.search(r"[^\W\d].*[0-9]", word)]
    is_shown = error.nearest == ["show"] and "\n" not in text and not serials_in(text)
    if is_shown and len(named) == 1:
        return ShowCommand(named[0])  # `who has lab-07?`
    is_reply = is_reply and len(words) == 1  # `2`
    has_serial = any(looks_serial(bare(word)) for word in words)
    if words[0].startswith("/") or is_reply or (is_slip and not has_serial):
        raise error
    first = words[0].lower()
    is_led = other == ["register"] or first in CORRECTIONS or first.rstrip("!.") in GREETINGS
    is_slip = is_slip and (_begins_with_serial(words[1:]) or _has_letters_of(first, slips))
    asks_for_show = verb_asked_for(text, has_serial=True) == ["show"]
    is_asked = is_question and asks_for_show and first not in _ASKS_LEAVE
    is_led = is_led or (_shows(other) and not serials_in(text.partition("\n")[0]))  # `Open:`
    is_named = is_slip or is_asked or (bool(other) and not is_led)
    said = as_wish(text) if other == ["register"] else text
    return PlainText(said, error, is_named=is_named)


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
    has_serial = any(looks_serial(bare(word)) for word in words)
    named = [word for word in map(str.lower, words[1:]) if word in VERBS and not has_serial][:1]
    if named and other == ["help"]:  # `how do I cancel`
        return [f"help {named[0]}"]
    asked = verb_asked_for(text, has_serial=has_serial)
    slips = slip_of(words[0], _OF_SERIAL if has_serial else VERBS)
    return asked or other or named or slips


def form_of_register(kinds: Kinds) -> Misunderstood:
    """Return the error of a text to register that holds no serial."""
    return Misunderstood(
        "{lack}At least a serial, {then}: SERIAL {form}",
        lack=kinds.lack,
        then=_THEN[kinds.names],
        form=kinds.form,
    )


def _register(text: str, kinds: Kinds) -> RegisterCommand | PlainText:
    expected = form_of_register(kinds)
    if not text:
        raise expected
    if "\n" in text:
        return PlainText(text, expected)
    words = words_or_none(text)
    if words is None:
        return PlainText(text, Misunderstood("A quotation mark is not closed"))
    number = 1 + len(kinds.names)
    if len(words) == number:
        return RegisterCommand(bare(words[0]), *kinds.pair(words[1:]))
    is_named = [word.casefold() for word in words[number : number + 1]] == ["named"]
    if is_named and not any(looks_serial(bare(word)) for word in words[number + 2 :]):
        return _named(words, number, kinds)
    return PlainText(text, expected, several=len(words) == _TRIPLE)


def _named(words: list[str], number: int, kinds: Kinds) -> RegisterCommand:
    name = without_courtesy(words[number + 1 :])
    if not name:
        raise Misunderstood("A name at the end: SERIAL {form} named lab-07", form=kinds.form)
    return RegisterCommand(bare(words[0]), *kinds.pair(words[1:number]), hyphened(name))


def _help(words: list[str]) -> HelpCommand:
    if not words:
        return HelpCommand()
    told = [word.lower() for word in telling(words)]
    if verb := next((word for word in told if word in VERBS), ""):
        return HelpCommand(verb)
    if len(told) == 1:
        raise UnknownVerb(told[0], other_word_for(told[0]) or slip_of(told[0], VERBS))
    return HelpCommand()  # `help me`, or a sentence


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
    "show": readers.show,
    "preview": readers.preview,
    "find": readers.find,
    "bench": bench_words.read,
    "list": readers.waiting,
    "template": lambda _, __: TemplateCommand(),
    "log": readers.log,
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
_HEADINGS = frozenset(  # of tables and texts, too: `Name Serial Site`, `Export of Monday`
    ("digest", "email", "export", "find", "help", "log", "name", "stats", "template", "token")
)
_AT_ONCE = frozenset({"cancel", "move", "reimage"})  # they ask nothing back
_OF_SERIAL = frozenset({*_AT_ONCE, "find", "name", "preview", "register", "replace", "show"})
_ASKS_LEAVE = frozenset({"may", "shall"})  # for what they name, if that is a place
_VIEWS = frozenset({"digest", "doctor", "list", "log", "stats"})  # they need no other word
# `bench?` and `move help`; one may look for the word help.
_ASKS_HOW = re.compile(
    rf"(?!find\s+help)({'|'.join(VERBS)})(?:\s*\?+|\s+(help|--help|-h))", re.IGNORECASE
)
