"""Sites and builds that a line names, and the words beside them."""

import re
from collections.abc import Sequence
from itertools import pairwise

from infrastructure.text import blanked, normalize
from provisioning.imports.parsing.names import Named, NamedPlace, Names
from provisioning.imports.parsing.tokens.words import Word
from provisioning.imports.parsing.vocabulary.headings import ColumnKind, direction, meaning
from provisioning.imports.parsing.vocabulary.words import known, pattern, whole

# Before the name of a place that Macs come from, or do not go to.
_LEFT = re.compile(
    rf"\b(?:{pattern('leaving', 'not')}):?\s+"
    rf"(?:(?:{pattern('article', 'towards')}|in|at|en|op)\s+)*$",
    re.IGNORECASE,
)
# Before and behind a place that Macs leave for another one: `von Berlin nach Köln`.
_FROM = re.compile(r"\b(?:von|aus|de|du|da|van|från|fra|z|ze)\s+$", re.IGNORECASE)
_ONWARD = re.compile(rf"\s+(?:{pattern('towards')})\s+", re.IGNORECASE)
TOWARDS = re.compile(
    rf"\b(?:{pattern('towards', 'site', 'build')}|in|at|with|mit|avec|con|as|als):?"
    rf"\s+(?:(?:{pattern('article')})\s+)?$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:these|those|th(?:is|e)\s(?:batch|lot|list|ones?)|following|all|them|they|everything|below|above"
    r"|macs?|macbooks?|imacs?|laptops?|machines|devices|computers|register|set\sup|deploy|enrol+"
    r"|diese|folgende\w*|alle|geräte|rechner|einrichten|ces|tous|toutes|estos|todos|questi|tutti|deze)\b",
    re.IGNORECASE,
)
# The name of the place where a text was written, and the date.
_DATED = re.compile(
    r"\W*[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,2}[, ]\s*(?:"
    r"(?:(?:den|le|el|il|am)\s)?(?:\d{1,2}[./-]\s?\d{1,2}(?:[./-](?:\s?\d{2,4})?)?|\d{4}-\d\d-\d\d)"
    r"|(?:den|le|el|il|am)\s\d{1,2}[.\s]{1,2}[^\W\d_]+(?:\s\d{4})?)\.?\s*",
    re.IGNORECASE,
)
# Before the name of a place where somebody is, or Macs were: `all of them were packed in Berlin`.
_WERE_IN = re.compile(
    r"\b(?:was|were|been|wurden?|waren|étai(?:en)?t|été|fueron|estaban|foram|estavam"
    r"|(?:i|we)(?:\s(?:will|ll))?\s(?:be|am|are|m|re)(?!.*(?:ing|\sto)\b)"
    r"|there(?:\sis|\sare|['’ ]s)|es\sgibt|il\sy\sa|hay"
    r"|(?:pick|collect|fetch)(?:s|ed|ing)?|stored|kept|received|holt|holen)\b[^,;:.!?]*"
    rf"\b(?:in|at|with|à|en)\s+(?:(?:{pattern('article')})\s+)?$",
    re.IGNORECASE,
)
_CORRECTION = re.compile(rf"(?:\W*{whole(pattern('correction'))})+|\*(?=\w)(?!.*\*)", re.IGNORECASE)
_DIRECTION = re.compile(rf"\b(?:{pattern('towards')})\s", re.IGNORECASE)
ALL = re.compile(rf"\b(?:{pattern('all')})\b|すべて|全て|全部|全員|모두", re.IGNORECASE)
MAX_IN_CORRECTION = 2  # words before the name that say neither where nor what: `I meant`
# The same in scripts without spaces; a name in such a line needs no word before it.
_ABOUT_THERE = re.compile(
    "下記|以下の|次の|これら|すべて|全て|全部|全員|お願い|ください|下さい|下列|以下是|请|都|아래|다음|모두"
)
_NOT_THERE = re.compile("以外|除|ではな|なく|不要|不是|말고|제외")
NEGATED = re.compile(rf"\b(?:{pattern('not', 'except')}|no|kein\w*)\b", re.IGNORECASE)
# Words for the place of another serial.
_AS_BEFORE = re.compile(rf"\b(?:{pattern('same')})\b", re.IGNORECASE)
_NUMBER = re.compile(r"[\d.]+|[A-Z]{2,6}-?\d{2,8}")  # of a room, or of a ticket
_LABELLED = re.compile("[:は는은]")  # between the label and the value of a field
_COUNT = re.compile(r"x?\d+x?")  # of the Macs for a place
WORDS_BEFORE = 60  # characters before a name that say where it stands in its sentence
_LONGEST_HEADING = 14  # words of a line that ends with a colon
# Words that may stand beside the names in a line that is about all the Macs.
_FILLERS = known("filler", "closing")
CLOSING = re.compile(rf"\b(?:{pattern('closing')})\b", re.IGNORECASE)
_KINDS = known("site", "build")
PLACES = (ColumnKind.SITE, ColumnKind.BUILD)
_PARTS = known("group", "room", "a_room")
_ROOM = re.compile(rf"\s(?:{pattern('a_room')})\b", re.IGNORECASE)


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
    left = [place for place in found if _LEFT.search(line[: place.start][-WORDS_BEFORE:])]
    left += [
        place
        for place, other in pairwise(found)
        if (place.is_site and other.is_site and _ONWARD.fullmatch(line, place.end, other.start))
        and _FROM.search(line[: place.start][-WORDS_BEFORE:])
    ]
    if left and count_different([place for place in found if not place.is_site]) > 1:
        left += [
            build
            for site, build in pairwise(found)
            if site in left
            and not build.is_site
            and line[site.end : build.start].strip() in {"", "/"}
        ]
    return [place for place in found if place not in left]


def without(line: str, named: Sequence[NamedPlace]) -> str:
    """Return the line with blanks for the names in it."""
    return blanked(line, [(start, end) for start, end, _, _ in named])


def without_left(line: str, named: Sequence[NamedPlace], names: Names) -> str:
    """Return the line with blanks for the names in it, and for places to which Macs do not go.

    So the rest of `C02… london, not berlin` takes nothing back. Where no site is named beside such
    a place, it stays.
    """
    is_left = NEGATED.search(line) and any(place.is_site for place in named)
    return without(_without_places_left(line, named, names) if is_left else line, named)


def _without_places_left(line: str, named: Sequence[NamedPlace], names: Names) -> str:
    left = [place for place in names.places_in(line) if place not in named]
    found = ((_LEFT.search(line[: place.start]), place.end) for place in left)
    return blanked(line, [(match.start(), end) for match, end in found if match])


def stand_alone(line: str, words: Sequence[Word], named: Sequence[NamedPlace]) -> bool:
    """Return True if a line without serials names places for those in other lines."""
    before = line[: named[0].start][-WORDS_BEFORE:] if named else ""
    if named and line.rstrip(" *_").endswith(":") and len(words) <= _LONGEST_HEADING:
        return True
    if all(is_filler(word.text) or (named and is_part(word.text)) for word in words):
        return not is_of_people(before)
    label = label_of(line, named)  # of a field: `Sede: …`, `Office profile: …`
    kinds = {meaning(label), meaning(label.split()[-1])} if label else set()
    if direction(label) >= 0 and not kinds.isdisjoint(PLACES):
        return True
    is_about = named and _ABOUT.search(line) and not NEGATED.search(line)
    if is_about and TOWARDS.search(before) and not _WERE_IN.search(before):
        return True
    return bool(named and _ABOUT_THERE.search(line) and not _NOT_THERE.search(line))


def closes(line: str) -> bool:
    """Return True if a word of a line ends a mail."""
    return CLOSING.search(line) is not None


def is_dated(line: str, named: Named) -> bool:
    """Return True for the place and the date of a text: `Berlin, den 12.03.2026`, and no build."""
    return _DATED.fullmatch(line) is not None and not (named.builds or directs(line))


def directs(line: str) -> bool:
    """Return True if a word of a line says that Macs go to its place: `all Berlin`, `to Berlin`."""
    return ALL.search(line) is not None or _DIRECTION.search(line) is not None


def is_of_people(before: str) -> bool:
    """Return True if the words before a name say who is there, or end a mail."""
    return closes(before) or _WERE_IN.search(before) is not None


def named_anew(line: str, names: Names) -> Named:
    """Return the sites and builds that a line below all Macs names for them: `no, all to Berlin`.

    None where it says something else: who thanks, and when an office is open.
    """
    found = of(line, names)
    correction = _CORRECTION.match(line)
    begin = correction.end() if correction else 0
    if not found or closes(line[: found[0].start]):
        return named_in([])
    rest = without(_without_places_left(line, found, names), found)
    rest = ALL.sub(lambda match: " " * len(match[0]), rest)
    before, behind = (
        [word for word in re.findall(r"[^\W_]+", part) if not (is_filler(word) or is_part(word))]
        for part in (rest[begin : found[0].start], rest[found[0].start :])
    )
    if correction:  # but not as in `no parking`
        is_led = rest[begin:].lstrip().startswith(tuple(before[:1]))
        is_meant = len(before) <= MAX_IN_CORRECTION and not is_led
    else:
        is_meant = not before and bool(_ABOUT.search(line) or ALL.search(line))
    return named_in(found if is_meant and not behind else [])


def label_of(line: str, named: Sequence[NamedPlace]) -> str:
    """Return the label of a line that is nothing but a label and names; empty for another line."""
    label, *rest = _LABELLED.split(without(line, named), maxsplit=1)
    is_whole = named and rest and all(map(is_filler, re.findall(r"\w+", rest[0])))
    return label.strip() if is_whole else ""


def is_filler(word: str) -> bool:
    """Return True if a word may stand beside names in a line that is about all the Macs."""
    plain = word.strip(".!-+=_*~?").casefold()
    return (
        plain in _FILLERS or plain in _KINDS or _COUNT.fullmatch(plain) is not None or not plain[1:]
    )


def is_part(word: str) -> bool:
    """Return True if a word beside the name of a place is one for a part of that, or its number."""
    return word.casefold() in _PARTS or _NUMBER.fullmatch(word) is not None


def repeats(line: str) -> bool:
    """Return True if the end of a line says that its place is the one above, such as `dito`."""
    return _AS_BEFORE.search(line) is not None


def count_different(places: Sequence[NamedPlace]) -> int:
    """Return how many different names there are among places."""
    return len({normalize(place.name) for place in places})


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
