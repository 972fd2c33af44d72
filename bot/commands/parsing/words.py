"""Words of a typed text: split, freed of punctuation, and what those say that say nothing."""

import re
import shlex
import tomllib
from collections.abc import Sequence, Set
from pathlib import Path
from typing import NoReturn

from infrastructure.errors import RollcallError
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.prose import places
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial
from provisioning.imports.parsing.tokens.signs import AROUND
from provisioning.imports.parsing.vocabulary.words import known
from provisioning.values.language import marked

_LABEL = re.compile(r"(?:s/?n|serial)[:#=.]+(?=\w)", re.IGNORECASE)
_NAMED = re.compile(r"""("[^"]*"|(?<!\S)'[^']*'(?![^\s,.!?;:]))""")
_MARKS = re.compile(r"(?<=\w)[;:]+(?=\s)")  # inside of a sentence; not those of `St. Gallen`
_END = re.compile(r"(?<=[\w\"'])[.!?…;:]+\s*$")  # of the whole text
EMOJI = re.compile(r"(?<!\S)(?::[a-z0-9_+'-]+:)+(?!\S)")  # such as :+1::skin-tone-2:
_VERB = re.compile(rf"(?:[\s,>]|{EMOJI.pattern})*([^\s,]*?)[.:;!…]*(?![^\s,])[\s,]*")
_OPENED = re.compile(r"(?<!\w)'")  # a quotation
_IN_WORD = re.compile(r"(?<=\w)'(?=\w)")
_BEHIND_WORD = re.compile(r"(?<=\w)'")
_APOSTROPHE = "\ue000"  # stands for one while quotation marks are read; nobody types it
_DASHED = re.compile(r"(?<=\w)[–—](?=\w)")
_WORDS = {
    key: frozenset(" ".join(groups).split())
    for key, groups in tomllib.loads(
        Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    ).items()
}
COURTESY, BETWEEN_NAMES = _WORDS["courtesy"], _WORDS["between_names"]
ALL = "all"
# Words of a sentence that say nothing beside a serial or a name, such as “the” and “thanks”. Not
# “stuck”, which is also the German word for a piece.
BESIDE = (known("filler", "closing", "site", "build") | BETWEEN_NAMES) - {ALL, "stuck"}
_AT_ONCE = marked("That is done at once and for one Mac; type it without {word}")


class Misunderstood(RollcallError):
    """A typed text that is not a command; the error's text names the missing part."""


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


def verb_in(text: str) -> tuple[str, str]:
    """Return the first word of a text, in small letters and as it is meant, and the rest."""
    match = _VERB.match(text)
    return (hyphened([match[1]]).lower(), text[match.end() :]) if match else ("", text)


def hyphened(words: Sequence[str]) -> str:
    """Return a computer's name as it is meant, where a phone made a dash of the hyphen in it."""
    return _DASHED.sub("-", " ".join(words))


def telling(words: Sequence[str], others: Set[str] = frozenset()) -> list[str]:
    """Return the words without arrows, without words such as “to” and “please”, and `others`."""
    fillers = _WORDS["filler"] | others
    return [word for word in words if re.search(r"\w", word) and word.casefold() not in fillers]


def refuse_otherwise(words: Sequence[str]) -> None:
    """Raise Misunderstood where words beside a serial say when, if, or for which others."""
    for word in words:
        if word.casefold() in _WORDS["otherwise"]:
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
    return word.casefold() in _WORDS["filler"]


def is_pronoun(word: str) -> bool:
    """Return True if a word in the place of a serial is none: `move it to paris kiosk`."""
    return is_between(word) or word.casefold() in _WORDS["pronoun"]


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
