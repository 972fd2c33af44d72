"""Headings of columns, and their meanings in any language."""

import re
import unicodedata
from collections.abc import Sequence

from provisioning.imports.parsing.grids.spellings import (
    FOREIGN,
    NAME,
    OLD,
    OTHER,
    SERIAL,
    SPELLINGS,
)

LONGEST_HEADING = 60  # characters
COMMENT = "# "  # begins a row that is not read, as in the template
MOST_WORDS = 4  # of a heading with "serial" in it that is not among the spellings
MOST_PLAIN = {"site": 4, "build": 3}  # spellings of a kind that mean nothing else

_ASIDE = re.compile(r"\([^()]*\)|（[^（）]*）|\[[^\]\[]*\]")
_VALUE = re.compile(r"^[^()\[\]（）]*\d[^()\[\]（）]*$")  # digits, and nothing aside
_SLASHED = re.compile(r"(?<!\w)s\s?/\s?n(?!\w)")
_DOTTED = re.compile(r"[a-z_]+(?:\.[a-z_]+)+", re.IGNORECASE)  # a table and its column
_SERIAL_WORDS = frozenset({"serial", "serials", "serialnumber", "seriennummer", "sn"})
_OLD_WORDS = frozenset(
    {
        *("old", "previous", "former", "replaced", "returned", "retired", "trade", "tradein"),
        *("buyback", "outgoing", "alt", "alte", "altes", "ancien", "ancienne", "anterior"),
        *("antiguo", "viejo", "vecchio", "oud", "oude", "gammal", "gammel", "vanha", "stary"),
        *("starý", "régi", "eski", "старый", "旧", "舊", "이전", "기존"),
    }
)
_NEW_WORDS = frozenset(
    {
        *("new", "replacement", "incoming", "neu", "neue", "neues", "nouveau", "nouvelle"),
        *("nuevo", "nuovo", "novo", "nieuw", "nieuwe", "ny", "nytt", "uusi", "nowy", "nový"),
        *("új", "yeni", "новый", "新", "새", "신규"),
    }
)
# Parts of a Mac itself, and things that have serials too but are no machines.
_PART_WORDS = frozenset(
    {
        *("battery", "board", "disk", "drive", "ssd", "sim", "order", "license", "software"),
        *("controller", "vm", "parent", "screen", "chassis", "memory"),
    }
)
_FOREIGN_WORDS = frozenset(
    {
        *("monitor", "display", "adapter", "charger", "keyboard", "mouse", "dock", "docking"),
        *("trackpad", "printer", "phone", "tablet", "ipad", "iphone", "watch", "tv", "modem"),
        *("router", "headset", "projector", "camera"),
    }
)


def plain(heading: str) -> str:
    """Return the letters of a heading, or nothing where digits make a value of it."""
    text = _ASIDE.sub("", heading[:LONGEST_HEADING])
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    letters = [char for char in decomposed if char.isalnum()]
    return "" if any(char.isdecimal() for char in letters) else "".join(letters)


_MEANINGS = {
    plain(spelling): kind
    for kind, spellings in reversed(SPELLINGS.items())
    for spelling in spellings.split("|")
    if plain(spelling)
}
_RANKS = {
    plain(spelling): rank
    for spellings in SPELLINGS.values()
    for rank, spelling in reversed([*enumerate(spellings.split("|"))])
}


def meaning(heading: str) -> str | None:
    """Return the meaning of a heading, such as SERIAL, or None.

    Case, accents and punctuation make no difference. A name such as `_name` is one of a program's
    own parts.
    """
    if heading.startswith("_") and not heading.endswith("_"):
        return None
    if not heading or len(heading) > LONGEST_HEADING or _VALUE.search(heading):
        return None
    return (
        _MEANINGS.get(plain(heading))
        or (_DOTTED.fullmatch(heading) and _MEANINGS.get(plain(heading.rpartition(".")[2])))
        or _of_words(heading)
        or _of_age(heading)
    )


def rank(heading: str) -> int:
    """Return the place of a heading among those of its meaning: the plainest has 0."""
    return _RANKS.get(plain(heading), len(_RANKS))


def is_plain(heading: str, kind: str) -> bool:
    """Tell if a heading means this kind and could mean nothing else."""
    return _MEANINGS.get(plain(heading)) == kind and rank(heading) < MOST_PLAIN[kind]


def is_any_name(heading: str) -> bool:
    """Tell if a heading is about names of any kind: of a person, of a model or of a computer."""
    return plain(heading) in {"name", "nom"}


def meanings(row: Sequence[str]) -> set[str]:
    """Return the meanings of the cells of a row, without those of COMMENTs."""
    return {kind for cell in row if not cell.startswith(COMMENT) and (kind := meaning(cell))}


def _of_words(heading: str) -> str | None:
    text = _SLASHED.sub("sn", _ASIDE.sub("", heading).casefold())
    words = re.findall(r"[^\W\d_]+", text)
    if not 1 < len(words) <= MOST_WORDS or re.search(r"\d", heading):
        return None
    if not _SERIAL_WORDS & {*words} or heading.startswith(COMMENT):
        return OTHER if {"mac", "address"} <= {*words} else _of_name(words)
    if _OLD_WORDS & {*words}:
        return OLD
    if _FOREIGN_WORDS & {*words}:
        return FOREIGN
    return OTHER if _PART_WORDS & {*words} else SERIAL


def _of_age(heading: str) -> str | None:
    """The meaning of a heading of serials, in any language, that says if the Mac is old or new."""
    text = unicodedata.normalize("NFC", heading).casefold().strip()
    first, _, rest = text.partition(" ")
    rest_before, _, last = text.rpartition(" ")
    for age, about in ((first, rest), (last, rest_before), (text[:1], text[1:])):
        if _MEANINGS.get(plain(about)) == SERIAL:
            return OLD if age in _OLD_WORDS else SERIAL if age in _NEW_WORDS else None
    return None


def _of_name(words: Sequence[str]) -> str | None:
    is_computer = words[-1] in {"name", "hostname"} and words[0] in {"computer", "mac", "new"}
    return NAME if is_computer else None
