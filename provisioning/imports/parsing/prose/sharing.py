"""The places that a line names, also of strange names, shared out among the serials in it."""

import re
from bisect import bisect_left
from collections.abc import Sequence, Set
from itertools import pairwise
from typing import TypeAlias

from infrastructure.text import normalize
from provisioning.imports.parsing.names import NamedPlace
from provisioning.imports.parsing.prose import strangers
from provisioning.imports.parsing.prose.places import (
    TOWARDS,
    WORDS_BEFORE,
    count_different,
    is_filler,
    repeats,
    without,
)
from provisioning.imports.parsing.tokens.words import Word
from provisioning.imports.parsing.vocabulary.words import known, pattern

_CLAUSE = re.compile(r"[;|]|\.(?=\s|$)|,?\s(?:and|und|et|y)\s(?=[^,;]*$)")
_BRACKET = re.compile(r"[^\w(\[{<]{0,4}[(\[{<]\s*")  # between a serial and its place
_FOR_ALL = re.compile(
    rf"\b(?:{pattern('all')})\s+(?:(?:{pattern('towards')}|as|als)\s+)?$", re.IGNORECASE
)
_BESIDE = re.compile(r"(?:[\s(\[]|の|as|als|\bwith|\bmit|\bbuild|-)*")  # from a site to its build
_STRANGE = re.compile(r"\s+([^\W\d_]+)(?=\s*[,;|]|\s(?:and|und|et|y)\s)")  # behind a site
# A place before serials: `for London: …`.
_TARGET = re.compile(
    rf"(?:^|[\s;,.(])(?:{pattern('towards')})\s+([^\W\d_][\w'’-]*)\s*:(?=\s)",
    re.IGNORECASE,
)
# What heads serials, where known names are blanks: `London: …; Tokyo design - …, Rome (…)`.
_SIGN = re.compile(
    rf"(?: (?:{pattern('place')}))?\s*(?:\(\s*\)\s*[:=–—-]?|[:=–—(-])\s*", re.IGNORECASE
)
_AND = r"(?:and|und|et|y)\s"
_HEAD = re.compile(
    rf"(?:^|[.,;|/&!?]|\s{_AND})\s*(?!{_AND})((?:[^\W\d_][’'-]?)+(?: (?:[^\W\d_][’'-]?)+){{0,2}}?)"
    rf"{_SIGN.pattern}$"
)
# Before a name, and a part of some: `the London office`, `New Orleans`, `Los Angeles`.
_ARTICLES = known("article") | {"new"}
_LEADING = re.compile(r"\w+|[.!?;]")  # before a name: a word, or the end of another sentence
_CAPITALISED = re.compile(r"(?<![\w-])(?!\w*\d)[A-ZÀ-Þ][\w'’-]+")
_CAPITALS = re.compile(rf"{_CAPITALISED.pattern}(?: [A-ZÀ-Þ][^\W\d]+)*")  # San Diego
WORDS_BEHIND = 80  # characters behind a serial that may name its place

Strays: TypeAlias = list[tuple[int, str | None]]
"""Where serials of a place begin, and its name where it is none that is known."""
Shared: TypeAlias = dict[int, tuple[str | None, str | None]]
"""The sites and builds of serials, by where these begin."""


def spread(line: str, named: Sequence[NamedPlace], serials: Sequence[Word]) -> Shared:
    """Return the places of serials in a line that names several; empty where one cannot tell."""
    if not serials or repeats(line):
        return {}
    return (
        _by_bracket(line, named, serials)
        or _by_clause(line, named, serials)
        or _by_order(line, named, serials)
    )


def _by_bracket(line: str, places: Sequence[NamedPlace], serials: Sequence[Word]) -> Shared:
    """The places in brackets behind their serials; empty where one stands elsewhere.

    One before all of them is for the others, as in `London: …, … (Paris), …`, and so is one behind
    all, of a site or behind such a word: `… (design) and … to London`, `… (London), all design`.
    """
    starts = [word.start for word in serials]
    before = [place for place in places if place.start < starts[0]]
    common = {place.is_site: place.name for place in before}  # True: the site, False: the build
    are_few = len(serials) <= 1 or len(places) <= 1
    if are_few or len(before) == len(places) or len(common) < len(before):
        return {}
    bracketed: dict[int, dict[bool, str]] = {start: {} for start in starts}
    for start, _, name, is_site in places[len(before) :]:
        serial = serials[bisect_left(starts, start) - 1]
        own = bracketed[serial.start]
        between = line[serial.start + len(serial.text) : start]
        goes_on = own and not before
        until = line[:start]
        is_for_all = _FOR_ALL.search(until) or (is_site and TOWARDS.search(until))
        if is_for_all and serial is serials[-1] and is_site not in common:
            common[is_site] = name
            continue
        if is_site in own or not (goes_on or _BRACKET.fullmatch(between)):
            return {}
        own[is_site] = name
    whole = {start: common | own for start, own in bracketed.items()}
    return {start: (place.get(True), place.get(False)) for start, place in whole.items()}


def _by_order(line: str, places: Sequence[NamedPlace], serials: Sequence[Word]) -> Shared:
    """The places of the serials in a line that names several; empty where one cannot tell."""
    sites, builds = _by_kind(places)
    if len(serials) <= 1 or max(count_different(sites), count_different(builds)) <= 1:
        return {}
    by_site, by_build = _in_order(sites, serials), _in_order(builds, serials)
    if by_site is None or by_build is None:
        return {}
    owner = _owner(line, sites, builds)
    return {
        word.start: (site, build if owner in {None, site} else None)
        for word, site, build in zip(serials, by_site, by_build, strict=True)
    }


def _in_order(places: Sequence[NamedPlace], serials: Sequence[Word]) -> list[str | None] | None:
    """The name for each serial: the one before it where a name begins the line, else behind it.

    None for a name before the serials and one behind them, and where a name would have no serial.
    """
    if count_different(places) <= 1:
        return [places[0].name if places else None] * len(serials)
    if places[0].start < serials[0].start:
        if places[-1].start > serials[-1].start:
            return None
        names = [[p.name for p in places if p.start < word.start][-1] for word in serials]
    else:
        if places[-1].start < serials[-1].start:
            return None
        names = [next(p.name for p in places if p.start > word.start) for word in serials]
    return None if len({*map(normalize, names)}) < count_different(places) else [*names]


def _owner(line: str, sites: Sequence[NamedPlace], builds: Sequence[NamedPlace]) -> str | None:
    """The one of several sites that the only build stands beside, where it is not the last.

    Or where a word that is no build stands so beside another one: `… London xyz, … Berlin staff`.
    """
    if count_different(sites) <= 1 or len(builds) != 1:
        return None
    before = [site for site in sites if site.end <= builds[0].start]
    is_beside = before and _BESIDE.fullmatch(line[before[-1].end : builds[0].start])
    others = (_STRANGE.match(line, site.end) for site in before[:-1])
    is_own = len(before) < len(sites) or any(each and not is_filler(each[1]) for each in others)
    return before[-1].name if is_beside and is_own else None


def _by_clause(line: str, places: Sequence[NamedPlace], serials: Sequence[Word]) -> Shared:
    """The places of the serials in clauses that each name one; empty where one does not."""
    sites, builds = _by_kind(places)
    if len(serials) <= 1 or count_different(sites) <= 1:
        return {}
    edges = [0, *(match.end() for match in _CLAUSE.finditer(line)), len(line)]
    is_own = _owner(line, sites, builds) or _is_of_clause(places, edges)
    common = builds[0].name if count_different(builds) == 1 and not is_own else None
    shared: Shared = {}
    for start, end in pairwise(edges):
        sites_here = {site.name for site in sites if start <= site.start < end}
        builds_here = {build.name for build in builds if start <= build.start < end}
        words = [word for word in serials if start <= word.start < end]
        if words and (len(sites_here) != 1 or len(builds_here) > 1):
            return {}
        for word in words:
            shared[word.start] = (next(iter(sites_here)), next(iter(builds_here), common))
    return shared


def _is_of_clause(places: Sequence[NamedPlace], edges: Sequence[int]) -> bool:
    """Return True if a build stands before the site of its clause, which is not the first one."""
    pairs = [pair for pair in pairwise(places) if pair[0].start >= edges[1]]
    return any(
        not any(build.start < edge <= site.start for edge in edges)
        for build, site in pairs
        if site.is_site and not build.is_site
    )


def _by_kind(places: Sequence[NamedPlace]) -> tuple[list[NamedPlace], list[NamedPlace]]:
    return [p for p in places if p.is_site], [p for p in places if not p.is_site]


def strange(line: str, named: Sequence[NamedPlace], serials: Sequence[Word]) -> Strays:
    """Return which serials of a line are for strange names, as are those behind each of them.

    Empty unless one of them is known, as before a colon there may be any name: `for Ann: …`.
    """
    spans = {(start, end) for start, end, _, _ in named}
    targets = [(match.end(), match[1], match.start(1)) for match in _TARGET.finditer(line)]
    found = [
        (end, None if any(low <= at < high for low, high in spans) else name)
        for end, name, at in targets
    ]
    if any(name is None for _, name in found):
        return found
    sites = [place for place in named if place.is_site]
    if len(serials) <= 1 or not sites:
        return []
    serials = sorted(serials, key=lambda word: word.start)
    rest = without(line, named)
    return _strange_heads(line, rest, sites, serials) or _strange_behind(line, rest, sites, serials)


def _strange_behind(
    line: str, rest: str, sites: Sequence[NamedPlace], serials: Sequence[Word]
) -> Strays:
    """As `strange`, for names behind their serials: `C02… to London, C03… to Tokyo`.

    A strange name stands as one of a site does behind a serial before it: behind the same word.
    """
    starts = [place.start for place in sites]
    ends = [*(word.start for word in serials[1:]), len(line)]
    leads: set[str] = set()
    found: Strays = []
    for word, end in zip(serials, ends, strict=True):
        start = word.start + len(word.text.rstrip(".!?;"))
        at = bisect_left(starts, start)
        name = None
        if at < len(starts) and starts[at] < end:
            leads.add(_lead(line[start : starts[at]][-WORDS_BEFORE:]))
        else:
            name = _named_so(rest[start : min(end, start + WORDS_BEHIND)], leads)
        found.append((word.start, name))
    return found if any(name for _, name in found) else []


def _strange_heads(
    line: str, rest: str, sites: Sequence[NamedPlace], serials: Sequence[Word]
) -> Strays:
    """As `strange`, for names that head serials: `London: C02…, C03…; Tokyo: C04…`.

    The last word of a strange name begins with a capital, if the sites do.
    """
    starts = [site.start for site in sites]
    heads: Strays = []
    is_headed, end = False, 0
    for word in serials:
        here = sites[bisect_left(starts, end) : bisect_left(starts, word.start)]
        is_head = bool(here and _SIGN.fullmatch(rest, here[-1].end, word.start))
        is_headed = is_headed or is_head
        head = None if is_head else _HEAD.search(rest[end : word.start][-WORDS_BEFORE:])
        name = head[1] if head else None
        is_lower = name and line[sites[0].start].isupper() and not name.split()[-1][0].isupper()
        is_place = (strangers.is_name(name) and not is_lower) if name else bool(here)
        if is_place:
            heads.append((word.start, name))
        end = word.start + len(word.text)
    return heads if is_headed and any(name for _, name in heads) else []


def _lead(before: str) -> str:
    """The last word or stop between a serial and a name, without articles; or nothing."""
    words = [word for word in _LEADING.findall(before.casefold()) if word not in _ARTICLES]
    return words[-1] if words else ""


def _named_so(text: str, leads: Set[str]) -> str | None:
    """The strange name in a text behind a serial that stands there as others do: behind a lead."""
    for match in _CAPITALISED.finditer(text):
        if _lead(text[: match.start()]) in leads and strangers.is_name(match[0]):
            whole = _CAPITALS.match(text, match.start())
            return whole[0] if whole else match[0]
    return None
