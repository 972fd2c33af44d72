"""Headings of columns, and their meanings in any language."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from provisioning.imports.parsing.grids.spellings import (
    DEVICE,
    FOREIGN,
    NAME,
    OLD,
    OTHER,
    SERIAL,
    SPELLINGS,
    STATUS,
    WANTED,
)
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.serial_shapes import count_serials, looks_serial

LONGEST_HEADING = 60  # characters
COMMENT = "# "  # begins a row that is not read, as in the template
MOST_WORDS = 4  # of a heading with "serial" in it that is not among the spellings
MOST_QUALIFIED = 8  # of one that begins with it
HEADINGS_WITHIN = 30  # rows: titles, addresses and logos stand above the headings
MOST_BELOW = 200  # rows by which headings are told
MOST_PLAIN = {"site": 4, "build": 3}  # spellings of a kind that mean nothing else

Row = Sequence[str]

_ASIDE = re.compile(r"\([^()]*\)|（[^（）]*）|\[[^\]\[]*\]")
_VALUE = re.compile(r"^[^()\[\]（）]*\d[^()\[\]（）]*$")  # digits, and nothing aside
_SLASHED = re.compile(r"(?<!\w)s\s?/\s?n(?!\w)")
_INNER = re.compile(r"[^()]*\(([^()]*)\)\s*")  # such as Jira's `Custom field (Serial Number)`
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
# Before the names of places from which Macs come or that are none of theirs, and to which they go.
_LEFT_WORDS = _OLD_WORDS | {
    *("from", "current", "source", "present", "origin", "existing", "von", "aktuell"),
    *("billing", "invoice", "manager", "supervisor", "rechnung", "facturation"),
    *("aktueller", "bisherig", "bisheriger", "actuel", "actuelle", "actual", "attuale", "huidige"),
}
_TARGET_WORDS = _NEW_WORDS | {
    *("to", "final", "target", "future", "destination", "ziel", "nach", "cible", "destino"),
    *("destinazione", "doel"),
}
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
        or ((inner := _INNER.fullmatch(heading)) and _MEANINGS.get(plain(inner[1])))
        or None
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


def find_headings(rows: Sequence[Row]) -> int | None:
    """Return the number of the row of headings, or None."""
    best, score = None, 1
    for at, row in enumerate(rows[:HEADINGS_WITHIN]):
        kinds = meanings(row)
        if not kinds or any(map(looks_serial, row)):
            continue
        width = sum(map(bool, row))
        is_title = width == 1 and any(sum(map(bool, other)) > 1 for other in rows[at + 1 : at + 4])
        known = len(kinds) + 2 * (SERIAL in kinds)
        if (
            not is_title
            and known > score
            and (SERIAL in kinds or kinds - {OTHER, DEVICE, STATUS, WANTED})
        ):
            best, score = at, known + 1
    return best


def strange_headings(rows: Sequence[Row], names: Names) -> int | None:
    """Return the number of the first row where it holds headings that are not known; or None."""
    at = next((number for number, row in enumerate(rows) if any(row)), None)
    if at is None:
        return None
    cells = [cell for cell in rows[at] if cell]
    are_words = all(not re.search(r"\d", cell) and not names.is_known(cell) for cell in cells)
    below = next((row for row in rows[at + 1 :] if any(row)), ())
    columns = [number for number, cell in enumerate(below) if looks_serial(cell)]
    are_above = all(number < len(rows[at]) and rows[at][number] for number in columns)
    if not (len(cells) > 1 and are_words and columns and are_above):
        return None
    held = [
        [row[n] for row in rows[at + 1 :][:MOST_BELOW] if len(row) > n and row[n]] for n in columns
    ]
    return at if all(2 * count_serials(texts) > len(texts) for texts in held) else None


def names_above(rows: Sequence[Row], names: Names) -> int | None:
    """Return the number of a row of sites, or of builds, each above a column of serials."""
    for at, (row, below) in enumerate(pairwise(rows[: HEADINGS_WITHIN + 1])):
        known = {number for number, cell in enumerate(row) if cell}
        cells = [row[number] for number in known]
        if len(known) > 1 and (all(map(names.is_site, cells)) or all(map(names.is_build, cells))):
            serials = {number for number, cell in enumerate(below) if looks_serial(cell)}
            if serials and serials <= known:
                return at
    return None


def direction(heading: str) -> int:
    """Return 1 for a heading of places to which Macs go, -1 for one of those that they leave."""
    words = {*re.findall(r"[^\W\d_]+", heading.casefold())}
    return bool(words & _TARGET_WORDS) - bool(words & _LEFT_WORDS)


def _of_words(heading: str) -> str | None:
    text = _SLASHED.sub("sn", _ASIDE.sub("", heading).casefold())
    words = re.findall(r"[^\W\d_]+", text)
    most = MOST_QUALIFIED if _SERIAL_WORDS & {*words[:1]} else MOST_WORDS
    if not 1 < len(words) <= most or re.search(r"\d", heading):
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
