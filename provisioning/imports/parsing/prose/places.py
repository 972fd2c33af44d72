"""Sites and builds that a line names, shared out among the serials in it."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeAlias

from infrastructure.text import normalize
from provisioning.imports.parsing.names import Named, NamedPlace, Names
from provisioning.imports.parsing.tokens.words import Word
from provisioning.imports.parsing.vocabulary.headings import ColumnKind, meaning
from provisioning.imports.parsing.vocabulary.words import known, pattern

# Before the name of a place that Macs come from, or do not go to.
_LEFT = re.compile(
    r"\b(?:from|out\sof|leaving|left|leaves|instead\sof|formerly|previously|was\s(?:in|at)|not|statt|nicht|aus"
    r"|depuis|desde|bisher|weg\svon)\s+(?:(?:the|our|in|to|at|for|nach|für|der|dem)\s+)*$",
    re.IGNORECASE,
)
_TOWARDS = re.compile(
    r"\b(?:for|to|in|at|für|nach|pour|à|au|para|a|per|voor|naar|into|with|mit|avec|con|as|als|build|site)"
    r"\s+(?:the\s+|our\s+|den\s+|die\s+|der\s+|la\s+|el\s+|le\s+)?$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:these|those|th(?:is|e)\s(?:batch|lot|list|ones?)|following|all|them|they|everything|below|above"
    r"|macs?|macbooks?|imacs?|laptops?|machines|devices|computers|register|set\sup|deploy|enrol+"
    r"|diese|folgende\w*|alle|geräte|rechner|einrichten|ces|tous|toutes|estos|todos|questi|tutti|deze)\b",
    re.IGNORECASE,
)
# The same in scripts without spaces; a name in such a line needs no word before it.
_ABOUT_THERE = re.compile(
    "下記|以下の|次の|これら|すべて|全て|全部|全員|お願い|ください|下さい|下列|以下是|请|都|아래|다음|모두"
)
_NOT_THERE = re.compile("以外|除|ではな|なく|不要|不是|말고|제외")
_NEGATED = re.compile(
    r"\b(?:not|no|never|without|except|nicht|kein\w*|ohne|pas|sans|no)\b", re.IGNORECASE
)
# Words for the place of another serial.
_AS_BEFORE = re.compile(rf"\b(?:{pattern('same')})\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[;|]|\.(?=\s|$)|,?\s(?:and|und|et|y)\s(?=[^,;]*$)")
_BRACKET = re.compile(r"[^\w(\[{<]{0,4}[(\[{<]\s*")  # between a serial and its place
_BESIDE = re.compile(r"(?:[\s(\[]|の|as|als|\bwith|\bmit|\bbuild|-)*")  # from a site to its build
_NUMBER = re.compile(r"[\d.]+|[A-Z]{2,6}-?\d{2,8}")  # of a room, or of a ticket
_COUNT = re.compile(r"x?\d+x?")  # of the Macs for a place
WORDS_BEFORE = 60  # characters before a name that say where it stands in its sentence
_LONGEST_HEADING = 14  # words of a line that ends with a colon
# Words that may stand beside the names in a line that is about all the Macs.
_FILLERS = known("filler")
_KINDS = known("site", "build")
_PARTS = known("group", "room", "a_room")
_ROOM = re.compile(rf"\s(?:{pattern('a_room')})\b", re.IGNORECASE)

Shared: TypeAlias = dict[int, tuple[str | None, str | None]]
"""The sites and builds of serials, by where these begin."""


def of(line: str, names: Names) -> list[NamedPlace]:
    """Return the names in a line, but for those of places that Macs leave or do not go to.

    Such a place may be a site with a build beside it, if the line names another build. A build's
    name that is a part of a room's, as in `Sales floor`, is none.
    """
    found = [
        place
        for place in names.places_in(line)
        if place.is_site or not _ROOM.match(line, place.end)
    ]
    left = [place for place in found if _is_left(line[: place.start])]
    if left and _different([place for place in found if not place.is_site]) > 1:
        left += [
            build
            for site, build in pairwise(found)
            if site in left
            and not build.is_site
            and line[site.end : build.start].strip() in {"", "/"}
        ]
    return [place for place in found if place not in left]


def _is_left(before: str) -> bool:
    return _LEFT.search(before[-WORDS_BEFORE:]) is not None


def without(line: str, named: Sequence[NamedPlace]) -> str:
    """Return the line with blanks for the names in it."""
    kept, last = [], 0
    for start, end, _, _ in named:
        kept += [line[last:start], " " * (end - start)]
        last = end
    return "".join([*kept, line[last:]])


def stand_alone(line: str, words: Sequence[Word], named: Sequence[NamedPlace]) -> bool:
    """Return True if a line without serials names places for those in other lines."""
    if all(is_filler(word.text) or (named and _is_part(word.text)) for word in words):
        return True
    if _is_field(line, named):
        return True
    is_about = named and _ABOUT.search(line) and not _NEGATED.search(line)
    if is_about and _TOWARDS.search(_without_kind(line[: named[0].start])):
        return True
    if named and _ABOUT_THERE.search(line):
        return not _NOT_THERE.search(line)
    is_heading = line.rstrip(" *_").endswith(":") and len(words) <= _LONGEST_HEADING
    return is_heading and bool(named)


def _without_kind(before: str) -> str:
    """The text before a name, without a word for the kind of that: `für Standort`."""
    rest, _, last = before.rstrip().rpartition(" ")
    return f"{rest} " if last.strip(":").casefold() in _KINDS else before


def _is_field(line: str, named: Sequence[NamedPlace]) -> bool:
    """Return True if a line is a label and names: `Sede: …`, `Office profile: …`."""
    label, _, value = without(line, named).partition(":")
    words = label.split()
    if not named or not words or re.search(r"\w", value) or named[0].start < len(label):
        return False
    return not {meaning(" ".join(words)), meaning(words[-1])}.isdisjoint(
        (ColumnKind.SITE, ColumnKind.BUILD)
    )


def are_fillers(words: Iterable[Word]) -> bool:
    """Return True if all the words may stand beside names in a line that is about all the Macs."""
    return all(is_filler(word.text) for word in words)


def is_filler(word: str) -> bool:
    """Return True if a word may stand beside names in a line that is about all the Macs."""
    plain = word.strip(".!-+=_*~?").casefold()
    return (
        plain in _FILLERS or plain in _KINDS or _COUNT.fullmatch(plain) is not None or not plain[1:]
    )


def _is_part(word: str) -> bool:
    """Return True if a word beside the name of a place is one for a part of that, or its number."""
    return word.casefold() in _PARTS or _NUMBER.fullmatch(word) is not None


def repeats(line: str) -> bool:
    """Return True if the end of a line says that its place is the one above, such as `dito`."""
    return _AS_BEFORE.search(line) is not None


def spread(line: str, named: Sequence[NamedPlace], serials: Sequence[Word]) -> Shared:
    """Return the places of serials in a line that names several; empty where one cannot tell."""
    if _AS_BEFORE.search(line):
        return {}
    return (
        _by_bracket(line, named, serials)
        or _by_clause(line, named, serials)
        or _by_order(line, named, serials)
    )


def _by_bracket(line: str, places: Sequence[NamedPlace], serials: Sequence[Word]) -> Shared:
    """The places in brackets behind their serials; empty where one stands elsewhere.

    One before all of them is for the others, as in `London: …, … (Paris), …`.
    """
    if not serials or _different([place for place in places if place.is_site]) <= 1:
        return {}
    starts = [word.start for word in serials]
    shared: Shared = dict.fromkeys(starts, (None, None))
    before = [place for place in places if place.start < starts[0]]
    if len(before) == len(places) or max(map(len, _by_kind(before))) > 1:
        return {}
    for start, _, name, is_site in places[len(before) :]:
        at = bisect_left(starts, start) - 1
        between = line[serials[at].start + len(serials[at].text) : start]
        goes_on = not before and shared[starts[at]] != (None, None)
        if not (_BRACKET.fullmatch(between) or goes_on):
            return {}
        site, build = shared[starts[at]]
        if site if is_site else build:
            return {}
        shared[starts[at]] = (name, build) if is_site else (site, name)
    site, build = (next((place.name for place in kind), None) for kind in _by_kind(before))
    return {start: (own[0] or site, own[1] or build) for start, own in shared.items()}


def _by_order(line: str, places: Sequence[NamedPlace], serials: Sequence[Word]) -> Shared:
    """The places of the serials in a line that names several; empty where one cannot tell."""
    sites = [place for place in places if place.is_site]
    builds = [place for place in places if not place.is_site]
    if len(serials) <= 1 or max(_different(sites), _different(builds)) <= 1:
        return {}
    by_site, by_build = _shared(sites, serials), _shared(builds, serials)
    if by_site is None or by_build is None:
        return {}
    if owner := _owner(line, sites, builds):
        by_build = [
            build if site == owner else None for site, build in zip(by_site, by_build, strict=True)
        ]
    return {word.start: (by_site[at], by_build[at]) for at, word in enumerate(serials)}


def _owner(line: str, sites: Sequence[NamedPlace], builds: Sequence[NamedPlace]) -> str | None:
    """The one of several sites that the only build stands beside, where it is not the last."""
    if _different(sites) <= 1 or len(builds) != 1:
        return None
    before = [site for site in sites if site.end <= builds[0].start]
    is_beside = before and _BESIDE.fullmatch(line[before[-1].end : builds[0].start])
    return before[-1].name if is_beside and len(before) < len(sites) else None


def _by_clause(line: str, places: Sequence[NamedPlace], serials: Sequence[Word]) -> Shared:
    """The places of the serials in clauses that each name one; empty where one does not."""
    if len(serials) <= 1 or _different([place for place in places if place.is_site]) <= 1:
        return {}
    builds = {normalize(place.name): place.name for place in places if not place.is_site}
    common = next(iter(builds.values())) if len(builds) == 1 else None
    edges = [0, *(match.end() for match in _CLAUSE.finditer(line)), len(line)]
    if _owner(line, *_by_kind(places)) or _is_of_clause(places, edges):
        common = None
    shared: Shared = {}
    for start, end in pairwise(edges):
        inside = [place for place in places if start <= place.start < end]
        sites = {place.name for place in inside if place.is_site}
        named = {place.name for place in inside if not place.is_site}
        mine = [word for word in serials if start <= word.start < end]
        if mine and (len(sites) != 1 or len(named) > 1):
            return {}
        for word in mine:
            shared[word.start] = (next(iter(sites)), next(iter(named), common))
    return shared


def _is_of_clause(places: Sequence[NamedPlace], edges: Sequence[int]) -> bool:
    """Return True if a build stands before the site of its clause, which is not the first one."""
    pairs = pairwise(places)
    return any(
        not build.is_site
        and site.is_site
        and not any(build.start < edge <= site.start for edge in edges)
        for build, site in pairs
        if build.start >= edges[1]
    )


def _by_kind(places: Sequence[NamedPlace]) -> tuple[list[NamedPlace], list[NamedPlace]]:
    return [p for p in places if p.is_site], [p for p in places if not p.is_site]


def _different(places: Sequence[NamedPlace]) -> int:
    return len({normalize(place.name) for place in places})


def _shared(places: Sequence[NamedPlace], serials: Sequence[Word]) -> list[str | None] | None:
    """The name for each serial: the one before it where a name begins the line, else behind it."""
    if _different(places) <= 1:
        return [places[0].name if places else None] * len(serials)
    if places[0].start < serials[0].start:
        if places[-1].start > serials[-1].start:
            return None
        names = [[p.name for p in places if p.start < word.start][-1] for word in serials]
    else:
        if places[-1].start < serials[-1].start:
            return None
        names = [next(p.name for p in places if p.start > word.start) for word in serials]
    return None if len({*map(normalize, names)}) < _different(places) else [*names]


def named_in(places: Sequence[NamedPlace]) -> Named:
    """Return the different sites and builds of places, without the rest of their line."""
    sites = {normalize(place.name): place.name for place in places if place.is_site}
    builds = {normalize(place.name): place.name for place in places if not place.is_site}
    return Named(tuple(sites.values()), tuple(builds.values()), "")


def several(named: Named, where: str = "in") -> str | None:
    """A doubt where the line, `in` or below which an entry stands, names several of a kind."""
    for kind, names in (("sites", named.sites), ("builds", named.builds)):
        if len(names) > 1:
            return f"stands {where} a line that names {len(names)} {kind}: {' and '.join(names)}"
    return None


def heads(line: str, places: Sequence[NamedPlace], serial: Word) -> bool:
    """Return True if names begin a line, before a colon or a dash and its first serial."""
    before = [place for place in places if place.end <= serial.start]
    return (
        bool(before)
        and re.fullmatch(r"[\W_]*", line[: before[0].start]) is not None
        and (line[before[-1].end : serial.start].strip()[:1] in {":", "-", "–", "="})
    )
