"""Words of a slash command: split, freed of Slack's escapes, and read as durations."""

import html
import re
import shlex
from collections.abc import Sequence, Set
from datetime import timedelta
from typing import NoReturn

from infrastructure.errors import RollcallError
from infrastructure.text import Sentence, counted
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.prose import places
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial
from provisioning.imports.parsing.tokens.signs import AROUND, UNSEEN
from provisioning.imports.parsing.vocabulary.words import known
from provisioning.values.language import marked

# Slack's marks around words, and the links that its clients make of names, numbers, addresses and
# channels.
_LINK = re.compile(r"<(?:https?://|mailto:|tel:|#)[^|>]*\|([^>]*)>")
_MARKED = re.compile(r"(?<!\w)([*_~])(?=\S)(.{1,200}?)(?<=\S)\1(?!\w)")
_QUOTED = re.compile(r'("[^"]*")')  # names, which stay as they are
_NESTED = 3  # marks around one word: bold, italic, struck through
# Phones write typographic quotes where the keyboard shows straight ones, and word processors
# hyphens of their own.
_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"} | dict.fromkeys("‐‑‒−", "-")
)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # letters of Japanese keyboards
_LABEL = re.compile(r"(?:s/?n|serial)[:#=.]+(?=\w)", re.IGNORECASE)
_NAMED = re.compile(r"""("[^"]*"|(?<!\S)'[^']*'(?![^\s,.!?;:]))""")
_MARKS = re.compile(r"(?<=\w)[;:]+(?=\s)")  # inside of a sentence; not those of `St. Gallen`
_ASKED = re.compile(r"((?:[^.!?;\n]|[.!?;](?!\s|$))+)\?(?=\s|$)")  # a first sentence
_END = re.compile(r"(?<=[\w\"'])[.!?…;:]+\s*$")  # of the whole text
EMOJI = re.compile(r"(?<!\S)(?::[a-z0-9_+'-]+:)+(?!\S)")  # such as :+1::skin-tone-2:
_VERB = re.compile(rf"(?:[\s,>]|{EMOJI.pattern})*([^\s,]*?)[.:;!…]*(?![^\s,])[\s,]*")
_OPENED = re.compile(r"(?<!\w)'")  # a quotation
_IN_WORD = re.compile(r"(?<=\w)'(?=\w)")
_BEHIND_WORD = re.compile(r"(?<=\w)'")
_APOSTROPHE = "\ue000"  # stands for one while quotation marks are read; nobody types it
_DASHED = re.compile(r"(?<=\w)[–—](?=\w)")
# Words between those that say something; “to” in front of a site is none of its name.
_FILLERS = frozenset(
    {
        *("a", "again", "an", "as", "at", "bitte", "by", "for", "from", "in", "into", "is", "mac"),
        *("macs", "me", "my", "now", "number", "of", "on", "please", "pls", "plz", "registration"),
        *("s/n", "serial", "sn", "sorry", "svp", "thank", "thanks", "the", "thx", "to", "with"),
        "you",
    }
)
COURTESY = frozenset(
    {
        *("please", "pls", "plz", "thanks", "thank", "you", "thx", "ty", "cheers", "now", "bitte"),
        *("danke", "merci", "svp", "stp", "gracias", "favor", "grazie", "bedankt", "alstublieft"),
    }
)
# Words between names that are known: others are called so, such as the site of Los Angeles.
BETWEEN_NAMES = frozenset(
    {
        *("back", "build", "site"),
        *("als", "den", "der", "die", "für", "nach", "und", "à", "au", "comme", "de", "en", "le"),
        *("les", "para", "pour", "como", "el", "la", "per", "voor", "naar", "por", "favor"),
    }
)
# Words of a sentence that say nothing beside a serial or a name, such as “the” and “thanks”.
ALL = "all"
# Words beside a serial that make another wish of a command: later, on a condition, for other Macs.
_OTHERWISE = frozenset(
    {
        *("tomorrow", "later", "next", "week", "morning", "monday", "tuesday", "wednesday"),
        *("thursday", "friday", "morgen", "später", "demain", "mañana", "after", "when", "if"),
        *("unless", "otherwise", "not", "rest", "everything", "both", "every", "each"),
    }
)
# Not “stuck”, which is also the German word for a piece.
BESIDE = (known("filler", "closing", "site", "build") | BETWEEN_NAMES) - {ALL, "stuck"}
_AT_ONCE = marked("That is done at once and for one Mac; type it without {word}")
_PRONOUNS = frozenset({"it", "that", "them", "these", "this", "those"})
_TEAM = r"(?:team|there|all|everyone|rollcall)"
GREETINGS = frozenset({"hi", "hey", "hello", "hallo", "hola", "bonjour", "ciao"})
_APART = r"(?:[\s,.!¿¡]|:(?![\w+'-]+:))"  # a colon may begin an emoji
_GREETING = re.compile(
    rf"(?:\s|{EMOJI.pattern})*(?:(?:(?:{'|'.join(sorted(GREETINGS))})(?:\s{_TEAM})?|@?rollcall"
    r"|(?:ok|okay|just|now|and)(?=[,.!:]? [^\W\d]+(?: |\W*\Z))"  # no cell: a tab
    r"|(?:good|guten) (?:morning|afternoon|evening|morgen|tag|abend)|bonsoir|buen[oa]s \w+"
    r"|(?:i|we)(?:'d| would) like to|(?:i|we) (?:want|need|have) to|let's|let us"
    r"|please|pls|plz|bitte|kindly|por favor|per favore|svp|stp|s'il (?:vous|te) plaît|alstublieft"
    rf"|(?:can|could|would|will)(?:\s(?:you|u|we|i))?|you|u)(?:{EMOJI.pattern}|{_APART})+)+"
    rf"(?=\w)(?!{_TEAM}\W*$)",
    re.IGNORECASE,
)
_REQUEST = re.compile(r"\b(?:can|could|would|will)\b", re.IGNORECASE)
_OWN_REQUEST = re.compile(r"\b(?:can|could)\s(?:we|i)\b", re.IGNORECASE)
_SHOW_ME = re.compile(
    r"\A\s*show\s+(?:(?:me|us|my|the)\s+)*"
    r"(?=(?:digest|doctor|find|help|how|list|log|preview|stats|template|what|which|who)(?![\w-]))",
    re.IGNORECASE,
)
_HOURS = r"(?:(?P<hours>[0-9]{1,4})h(?:(?:ou)?rs?)?)?"
_MINUTES = r"(?:(?P<minutes>[0-9]{1,4})m(?:in(?:ute)?s?)?)?"
_DURATION = re.compile(_HOURS + _MINUTES)


class Misunderstood(RollcallError):
    """A typed text that is not a command; the error's text names the missing part."""


def without_command(text: str, command: str) -> str:
    """Return a text without the name of the slash command before it."""
    first, *rest = text.split(maxsplit=1) or [""]
    return "".join(rest) if first == command else text


def unescaped(text: str) -> str:
    """Return the text that a person typed or copied, without Slack's escapes, marks and ours."""
    text = _LINK.sub(r"\1", UNSEEN.sub("", html.unescape(text))).translate(_QUOTES)
    return "".join(
        part if part.startswith('"') else _unmarked(part) for part in _QUOTED.split(text)
    )


def _unmarked(text: str) -> str:
    text = text.replace("`", "").translate(_WIDE)
    for _ in range(_NESTED):
        text = _MARKED.sub(r"\2", text)
    return text


def bare(serial: str) -> str:
    """Return a typed serial without the brackets, the punctuation and the label around it."""
    return _LABEL.sub("", serial.strip(AROUND)) or serial


def meant(serial: str) -> str:
    """Return a typed serial as `bare` does, also without the hyphens between its groups."""
    joined = bare(serial).replace("-", "")
    return joined if looks_serial(joined) else bare(serial)


def words_of(text: str, *, is_sentence: bool = True) -> list[str]:
    """Return the words of a command; quotes keep a name together. Raises Misunderstood.

    An apostrophe, as in `Anna's`, is a letter. The punctuation of a sentence is left out; a name
    keeps its own, and so does a quoted text.
    """
    text = re.sub(r"\s", " ", text)
    if is_sentence:
        parts = _NAMED.split(_END.sub("", EMOJI.sub(" ", text)))  # each second one is quoted
        text = "".join(part if at % 2 else _MARKS.sub("", part) for at, part in enumerate(parts))
    apostrophes = _IN_WORD if _OPENED.search(text) else _BEHIND_WORD
    lexer = shlex.shlex(apostrophes.sub(_APOSTROPHE, text), posix=True)
    lexer.whitespace += ","
    lexer.whitespace_split = True
    lexer.commenters = lexer.escape = ""
    try:
        return [word.replace(_APOSTROPHE, "'") for word in lexer]
    except ValueError:
        raise Misunderstood("A quotation mark is not closed") from None


def without_greeting(text: str) -> str:
    """Return a text without the words with which people begin, such as “Hi, could you please”.

    What “could you” asks for is no question without it: `put these in Paris?`, unless it names a
    serial. “Show me the” before a verb that shows something says nothing, either.
    """
    if match := _GREETING.match(text):
        text = text[match.end() :]
        asked = _ASKED.match(text) if _REQUEST.search(match[0]) else None
        if asked and not any(looks_serial(bare(word)) for word in asked[1].split()):
            text = as_wish(text)
    return _SHOW_ME.sub("", text)


def as_wish(text: str) -> str:
    """Return a text whose first sentence is no question: `could you register C02…?` asks for it."""
    match = _ASKED.match(text)
    return f"{match[1]}.{text[match.end() :]}" if match else text


def verb_in(text: str) -> tuple[str, str]:
    """Return the first word of a text, in small letters and as it is meant, and the rest."""
    match = _VERB.match(text)
    return (hyphened([match[1]]).lower(), text[match.end() :]) if match else ("", text)


def hyphened(words: Sequence[str]) -> str:
    """Return a computer's name as it is meant, where a phone made a dash of the hyphen in it."""
    return _DASHED.sub("-", " ".join(words))


def telling(words: Sequence[str], others: Set[str] = frozenset()) -> list[str]:
    """Return the words without arrows, without words such as “to” and “please”, and `others`."""
    fillers = _FILLERS | others
    return [word for word in words if re.search(r"\w", word) and word.casefold() not in fillers]


def refuse_doubtful(text: str) -> None:
    """Raise Misunderstood for a quotation, and for a question that does not begin as a request.

    `cancel C02…?` and `can I cancel C02…?` may ask what it would do; `could you cancel C02…?` asks
    for it. What Slack shows as quoted is another person's.
    """
    greeting = _GREETING.match(text)
    is_request = greeting and _REQUEST.search(greeting[0]) and not _OWN_REQUEST.search(greeting[0])
    if text.rstrip().endswith("?") and not is_request:
        refuse("?")
    if text.lstrip().startswith(">"):
        refuse(">")


def refuse_otherwise(words: Sequence[str]) -> None:
    """Raise Misunderstood where words beside a serial say when, if, or for which others."""
    for word in words:
        if word.casefold() in _OTHERWISE:
            refuse([word])


def refuse(words: Sequence[str]) -> NoReturn:
    """Raise Misunderstood for words beside a serial that its command does not take."""
    raise Misunderstood(_AT_ONCE, word=repr(" ".join(words)))


def without_courtesy(words: Sequence[str]) -> list[str]:
    """Return the words behind a command without those such as “please” and “thanks!” at the end."""
    kept = list(words)
    while len(kept) > 1 and kept[-1].casefold().rstrip("!.") in COURTESY:
        kept.pop()
    return kept


def is_between(word: str) -> bool:
    """Return True if a word stands between those that say something, such as “to”."""
    return word.casefold() in _FILLERS


def is_pronoun(word: str) -> bool:
    """Return True if a word in the place of a serial is none: `move it to paris kiosk`."""
    return is_between(word) or word.casefold() in _PRONOUNS


def words_or_none(text: str) -> list[str] | None:
    """Return the words of a text that may not be a command; None where a quote has no partner."""
    try:
        return words_of(text)
    except Misunderstood:
        return None


def words_beside(text: str, names: Names) -> list[str]:
    """Return the words that say something beside places: of `C02… to new york` one."""
    rest = places.without(text, names.places_in(text))
    return telling(words_or_none(rest) or rest.split(), BESIDE)


def begins_with(word: str, key: str) -> bool:
    """Return True for a serial, and for one with something behind it, as in `C02…,New York`."""
    return word.startswith(key) and not word[len(key) :][:1].isalnum()


def duration_in(words: Sequence[str], shortest: timedelta, longest: timedelta) -> timedelta:
    """Return the duration in words such as `2h`, `90 min` or `1h 30m`, in any case.

    Raises Misunderstood for anything else, and for a duration that is too short or too long.
    """
    match = _DURATION.fullmatch("".join(words).casefold())
    if not words or match is None or match.lastgroup is None:
        raise Misunderstood("Write a duration as 2h, 90m or 1h 30m")
    numbers = {unit: int(number) for unit, number in match.groupdict().items() if number}
    duration = timedelta(**numbers)
    if not shortest <= duration <= longest:
        raise Misunderstood(
            "At least {shortest} and at most {longest}",
            shortest=_in_words(shortest),
            longest=_in_words(longest),
        )
    return duration


def _in_words(duration: timedelta) -> Sentence:
    hours, seconds = divmod(int(duration.total_seconds()), 3600)
    if seconds:
        return counted("{number} minute", "{number} minutes", seconds // 60)
    return counted("{number} hour", "{number} hours", hours)
