"""The grammar of the slash command: its verbs, and the words behind them."""

import re

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
    SignInCommand,
    TemplateCommand,
)
from bot.commands.parsing import bench_words, readers
from bot.commands.parsing.greetings import as_wish, refuse_doubtful, without_greeting
from bot.commands.parsing.plain_text import PlainText, of_no_verb
from bot.commands.parsing.readers import Reader
from bot.commands.parsing.talk import hint_for, verb_asked_for
from bot.commands.parsing.verbs import VIEWS, UnknownVerb, other_word_for, shows, slip_of
from bot.commands.parsing.words import (
    Misunderstood,
    bare,
    hyphened,
    telling,
    verb_in,
    without_courtesy,
    words_of,
    words_or_none,
)
from infrastructure.text import Sentence
from provisioning.imports.parsing import free_text
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


def command_in(text: str, kinds: Kinds) -> Command:
    """Return the command in a text, or the text where it may hold serials. Raises Misunderstood."""
    if not text.strip():
        return FormCommand()
    if _is_table(text):
        return PlainText(text, UnknownVerb(*text.split(maxsplit=1)[:1]))
    written, text = text, without_greeting(text).strip()
    if match := _ASKS_HOW.fullmatch(text):
        if match[1].lower() not in VIEWS or match[2]:
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
    return of_no_verb(text, words or text.split())


def _view_for(word: str, rest: str) -> str:
    """Return the verb that another word asks for where nothing can go wrong, or nothing.

    It stands alone, such as `hilfe` or `pending`, or before what is looked for.
    """
    is_alone = not rest.strip()
    verb = next(iter(other_word_for(word, is_alone=is_alone)), "")
    is_whole = is_alone and shows([verb])
    is_search = verb == "find" and "\n" not in rest and len(rest.split()) <= _LONGEST_SEARCH
    return verb if (is_whole or is_search) and not hint_for(word) else ""


def _view_asked_for(text: str) -> str:
    """Return the verb of what a question wants to see, such as `what failed?`, or nothing.

    Never of a list, which may begin so, whatever its serials look like: `Site London: C02 ZX1 …`.
    """
    asked = verb_asked_for(text, has_serial=False)
    is_question = "\n" not in text and len(text) <= _LONGEST_QUESTION and not hint_for(text)
    if not is_question or not shows(asked[:1]):
        return ""
    found = free_text.read_typed(text, words_or_none(text) or (), (), ())
    return "" if found.entries or found.rejected else asked[0]


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
        raise UnknownVerb(told[0], other_word_for(told[0]) or slip_of(told[0]))
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
# `bench?` and `move help`; one may look for the word help.
_ASKS_HOW = re.compile(
    rf"(?!find\s+help)({'|'.join(VERBS)})(?:\s*\?+|\s+(help|--help|-h))", re.IGNORECASE
)
