"""Texts for comparison and display: names, texts of people, sentences that keep their facts."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any, Self

_MINUTE = "%Y-%m-%d %H:%M UTC"
MAX_MARKS = 2  # on one letter
# Marks that only choose among forms of a character.
_NOT_SEEN = re.compile("[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_NO_SEAM = re.compile(r"(?<!\d) | (?!\d)")  # a space that does not stand between two digits
_ACCENTS = re.compile("[\u0300-\u036f]")
# Letters that Unicode does not take for one with an accent.
_STROKES = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
# The user and the password of a URL; a password may have an @ in it, and a / that ends no port. It
# is looked for up to the next URL, or a line of many would take minutes.
_LOGIN = re.compile(r'(?<=://)(?:[^/:\[\s"]*:(?![0-9]+/)(?:(?!://)[^\s"])*|[^/\s"]*)@')
SEPARATORS = str.maketrans("_-.", "   ")  # that people write as spaces


def normalize(name: str) -> str:
    """Return a name in one case, with single spaces, and composed: Macs and SMB decompose it."""
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def plain(name: str) -> str:
    """Return a name without accents, and with spaces for hyphens and points, as people type it."""
    if not name.isascii():
        name = _ACCENTS.sub("", unicodedata.normalize("NFKD", name)).casefold().translate(_STROKES)
    return " ".join(name.casefold().translate(SEPARATORS).split())


def letters(name: str) -> str:
    """Return a name as one word, without accents.

    Between digits a space stays: room 1-12 is not room 11-2.
    """
    return _NO_SEAM.sub("", plain(name))


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` that is most like `name`; None where none is like it."""
    by_form = {normalize(other): other for other in names}
    likely = get_close_matches(normalize(name), by_form, n=1)
    return by_form[likely[0]] if likely else None


def readable(text: str, limit: int) -> str:
    """Return `text` in one line of at most `limit` characters, without invisible ones.

    Control and formatting characters are removed, and marks that would pile up on their letters:
    Thai, Hindi and Arabic write vowels by one or two.
    """
    composed = unicodedata.normalize("NFC", _NOT_SEEN.sub("", text[: limit * 8]))
    spaced = "".join(" " if character.isspace() else character for character in composed)
    line = " ".join("".join(_visible(spaced)).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def _visible(text: str) -> Iterator[str]:
    """Yield the characters of a text that are seen, and of marks on a letter the first ones."""
    marks = 0
    for character in text:
        kind = unicodedata.category(character)[0]
        marks = marks + 1 if kind == "M" else 0
        if kind != "C" and marks <= MAX_MARKS:
            yield character


def storable(text: str, limit: int) -> str:
    """Return the first `limit` characters of `text` as they are, to be compared with stored ones.

    Without NUL, which PostgreSQL takes in no text.
    """
    return text[:limit].replace("\0", "")


def minute(at: datetime) -> str:
    """Return a moment in UTC to the minute, as a text for logs and terminals has it."""
    return f"{at:{_MINUTE}}"


def moment_of(text: str) -> datetime | None:
    """Return the moment that `minute` wrote; None for another text."""
    try:
        return datetime.strptime(text, _MINUTE).replace(tzinfo=UTC)
    except ValueError:
        return None


class Sentence(str):
    """An English text for people, which knows its template and its named facts.

    `template` has a `{name}` for each fact: a text, a number, or another sentence. One that counts
    has a template for a `number` of 1, and `many` for others. What is made of it by the methods of
    a text is a plain text, which stays English.
    """

    __slots__ = ("facts", "many", "template")
    template: str
    many: str | None
    facts: Mapping[str, Any]

    def __new__(cls, template: str, many: str | None = None, /, **facts: object) -> Self:
        """Return the sentence with its facts."""
        chosen = template if many is None or facts["number"] == 1 else many
        sentence = super().__new__(cls, chosen.format_map(facts) if facts else chosen)
        sentence.template, sentence.many, sentence.facts = template, many, facts
        return sentence

    def to_json(self) -> dict[str, Any]:
        """Return the sentence as a value for JSON."""
        facts = {
            name: fact.to_json() if isinstance(fact, Sentence) else fact
            for name, fact in self.facts.items()
        }
        return {"template": self.template, "many": self.many, "facts": facts}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the sentence that `to_json` stored."""
        facts = {
            name: cls.from_json(fact) if isinstance(fact, Mapping) else fact
            for name, fact in stored["facts"].items()
        }
        return cls(stored["template"], stored["many"], **facts)


def whole_number(text: str, digits: int = 9) -> int | None:
    """Return the number in a text that was sent; None where it is not one, or has more `digits`.

    Any column takes a number of nine digits.
    """
    is_number = text.isascii() and text.isdecimal() and len(text) <= digits
    return int(text) if is_number else None


def without_logins(text: str) -> str:
    """Return a text without the users and the passwords of the URLs in it."""
    return _LOGIN.sub("", text)


def counted(one: str, many: str, number: int, /, **facts: object) -> Sentence:
    """Return a sentence that counts: `one` for a number of 1, `many` for others."""
    return Sentence(one, many, number=number, **facts)


def without_encoded_words(text: str) -> str:
    """Return a text for a header of a mail, in which nothing is an encoded word (RFC 2047).

    Python reads such words where a header is set: one with a line's end in it would end the header
    and begin another one.
    """
    return text.replace("=?", "= ?")


def blanked(line: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return a line with blanks for some parts of it, each from one place to before another."""
    kept, last = [], 0
    for start, end in sorted(spans):
        kept += [line[last:start], " " * (end - max(start, last))]
        last = max(last, end)
    return "".join([*kept, line[last:]])
