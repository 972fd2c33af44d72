"""Texts for comparison and display: names, what people wrote, sentences that keep their facts."""

import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Self


def normalize(name: str) -> str:
    """Return a name in one case, with single spaces, and composed: Macs and SMB decompose it."""
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` that is most like `name`; None where none is like it."""
    by_form = {normalize(other): other for other in names}
    likely = get_close_matches(normalize(name), by_form, n=1)
    return by_form[likely[0]] if likely else None


def readable(text: str, limit: int) -> str:
    """Return `text` in one line of at most `limit` characters, without invisible ones.

    Control and formatting characters are removed, and marks that would pile up on their letters.
    """
    composed = unicodedata.normalize("NFC", text[: limit * 8])
    spaced = "".join(" " if character.isspace() else character for character in composed)
    visible = "".join(c for c in spaced if unicodedata.category(c)[0] not in "CM")
    line = " ".join(visible.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def storable(text: str, limit: int) -> str:
    """Return the first `limit` characters of `text` as they are, to be compared with stored ones.

    Without NUL, which PostgreSQL takes in no text.
    """
    return text[:limit].replace("\0", "")


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

    def __new__(cls, template: str, many: str | None = None, /, **facts: Any) -> Self:
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


def counted(one: str, many: str, number: int, /, **facts: Any) -> Sentence:
    """Return a sentence that counts: `one` for a number of 1, `many` for others."""
    return Sentence(one, many, number=number, **facts)
