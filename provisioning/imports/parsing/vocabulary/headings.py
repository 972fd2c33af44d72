"""Headings of columns, and what they mean.

`meaning` asks in this order: is it a heading of `words.toml`, a database's `table.column`, words of
which one means a serial, a serial's heading with a word for old or new, one of a state, or such a
heading in brackets? The first answer counts.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum, auto
from functools import lru_cache

from provisioning.imports.parsing.vocabulary.words import known, listed, pattern


class ColumnKind(StrEnum):
    """A kind of column, by what its heading says; `words.ABOUT` explains each.

    A spelling of two kinds, of two languages, means the first one.
    """

    SERIAL, SITE, BUILD, NAME, NOTE = auto(), auto(), auto(), auto(), auto()
    OLD, DEVICE, FOREIGN = auto(), auto(), auto()
    WANTED, READY, DONE, STATUS, OTHER = auto(), auto(), auto(), auto(), auto()


LONGEST = 60  # characters
COMMENT = "# "  # begins a row that is not read, as in the template
MAX_WORDS = 4  # of a heading with "serial" in it that is not among the spellings
MAX_QUALIFIED = 8  # of one that begins with it, and of a question, as forms have them
LAST_RANK = 1_000

_ASIDE = re.compile(r"\([^()]*\)|（[^（）]*）|\[[^\]\[]*\]")
# Digits, and nothing aside; or a word that may be a serial.
_VALUE = re.compile(
    r"^[^()\[\]（）]*\d[^()\[\]（）]*$|(?<![A-Za-z0-9])(?=[A-Za-z]*\d)[A-Za-z0-9]{8,}(?![A-Za-z0-9])"
    r"|(?::|(?i:s/?n|serial(?: n\w+)?))[ :.#]*(?<![A-Z])(?:[A-Z]{2})?[A-Z]{10}$"  # without a digit
)
_SLASHED = re.compile(r"(?<!\w)s\s?/\s?n(?!\w)")
_INNER = re.compile(r"[^()]*\(([^()]*)\)\s*")  # such as Jira's `Custom field (Serial Number)`
_AROUND = " _*:#?!"
_DOTTED = re.compile(r"[a-z_]+(?:\.[a-z_]+)+", re.IGNORECASE)  # a table and its column
_LETTERS = re.compile(r"[^\W\d_]+")
_SERIAL_WORDS, _OLD_WORDS, _NEW_WORDS = known("a_serial"), known("a_former"), known("a_new")
_PART_WORDS, _THING_WORDS, _OR_WORDS = known("a_part"), known("a_thing"), known("or")
_WHEN = re.compile(r"[\s_](?:date|on|at)$", re.IGNORECASE)
_IS = re.compile(r"^(?:is|was|has been)[\s_]", re.IGNORECASE)
_LEFT = re.compile(rf"\b(?:{pattern('a_former', 'from')})\b", re.IGNORECASE)
_TARGET = re.compile(rf"\b(?:{pattern('a_new', 'to')})\b", re.IGNORECASE)


def plain(heading: str) -> str:
    """Return the letters of a heading, or nothing where digits make a value of it."""
    text = _ASIDE.sub("", heading[:LONGEST])
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    letters = [char for char in decomposed if char.isalnum()]
    return "" if any(char.isdecimal() for char in letters) else "".join(letters)


_SPELLINGS: dict[str, tuple[ColumnKind, int]] = {}
for _kind in ColumnKind:
    for _words in listed(_kind).values():
        for _place, _word in enumerate(_words):
            _SPELLINGS.setdefault(plain(_word), (_kind, _place))
_GONE_WORDS = {plain(word) for word in known("gone", "absent")}


@lru_cache(maxsize=1024)
def meaning(heading: str) -> ColumnKind | None:
    """Return the kind of column that a heading means, such as SERIAL, or None.

    Case, accents and punctuation make no difference. A name such as `_name` is one of a program's
    own parts.
    """
    if heading.startswith("_") and not heading.endswith("_"):
        return None
    if not heading or len(heading) > LONGEST or _VALUE.search(heading):
        return None
    return (
        _spelt(heading)
        or (_spelt(heading.rpartition(".")[2]) if _DOTTED.fullmatch(heading) else None)
        or _of_words(heading)
        or _of_age(heading)
        or _of_state(heading)
        or (_spelt(inner[1]) if (inner := _INNER.fullmatch(heading)) else None)
    )


def meanings(row: Sequence[str]) -> set[ColumnKind]:
    """Return the meanings of the cells of a row, without those of COMMENTs."""
    return {kind for cell in row if not cell.startswith(COMMENT) and (kind := meaning(cell))}


def rank(heading: str) -> int:
    """Return the place of a heading among those of its language: the plainest has 0."""
    return _SPELLINGS.get(plain(heading), (None, LAST_RANK))[1]


def direction(heading: str) -> int:
    """Return 1 for a heading of what is to come, -1 for one of what was; else 0.

    So are told places to which Macs go from those that they leave, and new Macs from old ones.
    """
    words = " ".join(_LETTERS.findall(heading))
    others = _TARGET.sub(" ", words)  # `Replaced by` is of a new Mac
    return (others != words) - bool(_LEFT.search(others))


def names_places(heading: str) -> bool:
    """Return True if a word of a heading means places, such as `Current location`."""
    return any(meaning(word) == ColumnKind.SITE for word in heading.split())


def _spelt(heading: str) -> ColumnKind | None:
    return _SPELLINGS.get(plain(heading), (None, 0))[0]


def _of_words(heading: str) -> ColumnKind | None:
    """The meaning of a heading of several words, of which one says that serials stand below."""
    words = _LETTERS.findall(_SLASHED.sub("sn", _ASIDE.sub("", heading).casefold()))
    if _SERIAL_WORDS & {*words} and _THING_WORDS & {*words} and not _OR_WORDS & {*words}:
        return ColumnKind.FOREIGN
    is_whole = heading.endswith("?") or _SERIAL_WORDS & {*words[:1]}
    most = MAX_QUALIFIED if is_whole else MAX_WORDS
    if not 1 < len(words) <= most or re.search(r"\d", heading):
        return None
    if not _SERIAL_WORDS & {*words} or heading.startswith(COMMENT):
        is_computer = words[-1] in {"name", "hostname"} and words[0] in {"computer", "mac", "new"}
        return (
            ColumnKind.OTHER
            if {"mac", "address"} <= {*words}
            else ColumnKind.NAME
            if is_computer
            else None
        )
    if _OLD_WORDS & {*words}:
        return ColumnKind.OLD
    return ColumnKind.OTHER if _PART_WORDS & {*words} else ColumnKind.SERIAL


def _of_state(heading: str) -> ColumnKind | None:
    """STATUS for a heading such as `Asset state`, or `Is missing`, whose cells say yes or no."""
    words = _LETTERS.findall(_ASIDE.sub("", heading).casefold())
    is_state = 1 < len(words) <= MAX_WORDS and ColumnKind.STATUS in (
        _spelt(words[0]),
        _spelt(words[-1]),
    )
    return ColumnKind.STATUS if is_state or says_gone(heading) else None


def says_gone(heading: str) -> bool:
    """Return True if a heading asks if a Mac is gone, such as `Is missing`."""
    return plain(_WHEN.sub("", _IS.sub("", heading))) in _GONE_WORDS


def _of_age(heading: str) -> ColumnKind | None:
    """The meaning of a heading of serials, in any language, that says if the Mac is old or new."""
    text = unicodedata.normalize("NFC", _ASIDE.sub("", heading)).casefold().strip(_AROUND)
    first, *rest = words = re.split(r"[\s_]+", text)
    for age, about in (
        (first, "".join(rest)),
        (words[-1], "".join(words[:-1])),
        (text[:1], text[1:]),
    ):
        if _spelt(about) == ColumnKind.SERIAL:
            return (
                ColumnKind.OLD
                if age in _OLD_WORDS
                else ColumnKind.SERIAL
                if age in _NEW_WORDS
                else None
            )
    return None
