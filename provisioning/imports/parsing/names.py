"""A search for the names of sites and builds in texts that people wrote."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from infrastructure.text import SEPARATORS, blanked, letters, normalize, plain
from provisioning.imports.parsing.vocabulary.words import SCRIPT, SCRIPTS, either, known, pattern
from provisioning.values.kinds import Kinds

KnownNames: TypeAlias = Sequence[str] | None
"""The names of a kind that there are; None where the repo has no such kind."""

# A name in a script without spaces ends where another begins, such as 東京 in 東京へ.
# So it does where a word for a place begins, or for going there: 北京 in 到北京办公室.
_JOINED = either(word for word in known("place", "towards") if re.match(f"[{SCRIPT}]", word))
_EACH = "|".join(f"(?:(?!{_JOINED})[{script}])+" for script in SCRIPTS)
_PIECE = re.compile(rf"\s+|{_JOINED}|{_EACH}|[^\W{SCRIPT}]+|[^\w\s]")
_JOINED_BEFORE, _JOINED_BEHIND = re.compile(rf"(?:{_JOINED})$"), re.compile(_JOINED)
_IN_SCRIPT = re.compile("|".join(f"([{script}])" for script in SCRIPTS))
_KIND_BEFORE = re.compile(
    r"(?:^|[^\w])(?:sites?|loc|location|office|builds?|role|profile)[-_=]$", re.IGNORECASE
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_KINDS = known("place")
_BEFORE = re.compile(r"[\w.+=-]")  # a character before what is a part of a longer word
_BEHIND = re.compile(
    r"(?!-(?:macs?|macbooks?|imacs?|rechner|geräte?|setup|profile?|build|office|büro|kontoret|toimisto\w*)\b(?!-))(?:[\w+=-]|\.\w)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(rf"\b(?:{pattern('article')}|im|ins|du|au|del)\s+$", re.IGNORECASE)
_END = re.compile(r"\s*(?:[.,:;!?)]|$)")
LONGEST_JOINED = 5  # characters of such a word
SHORTEST_PLURAL = 4  # characters of a name that is known in the plural
SHORTEST_SINGULAR = 5  # of one that is known in the singular, such as `kiosk`, but not `sale`


@dataclass(frozen=True, slots=True)
class Named:
    """The sites and builds in a line, as they are written there, and the `rest` of the line.

    The rest has blanks in their place. Of a name with slashes of which the end is written, it is
    the whole one.
    """

    sites: tuple[str, ...]
    builds: tuple[str, ...]
    rest: str

    @property
    def site(self) -> str | None:
        """The first site that is named."""
        return self.sites[0] if self.sites else None

    @property
    def build(self) -> str | None:
        """The first build that is named."""
        return self.builds[0] if self.builds else None


class NamedPlace(NamedTuple):
    """A name in a line: where it begins and ends, what it means, and if that is a site."""

    start: int
    end: int
    name: str
    is_site: bool


class Names:
    """The names of existing sites and builds, in any case; also by their unique ends."""

    def __init__(self, sites: KnownNames, builds: KnownNames) -> None:
        self.sites, self.builds = tuple(sites or ()), tuple(builds or ())
        self._sites = _NamesOfKind(self.sites)
        self._builds = _NamesOfKind(self.builds, are_things=True)
        self.kinds = Kinds.of(sites, builds)
        # So a place in a text is looked up, and not compared with one name after the other.
        self._most_pieces: dict[str, int] = {}
        for kind in (self._sites, self._builds):
            for name in (*kind.whole.values(), *kind.ends, *kind.plain):
                pieces = _PIECE.findall(unicodedata.normalize("NFC", name.strip()))
                for first in (plain(pieces[0]), plain(name)):  # the whole of new_york is a piece
                    self._most_pieces[first] = max(self._most_pieces.get(first, 0), len(pieces))

    @staticmethod
    def of(sites: KnownNames, builds: KnownNames) -> "Names":
        """Return the names; those of the same sites and builds are made once."""
        return _made(
            None if sites is None else tuple(sites), None if builds is None else tuple(builds)
        )

    def is_site(self, text: str) -> bool:
        """Return True if the whole text means a site; a whole name of a build is none's end."""
        return self._sites.means(text) and (self._sites.has(text) or not self._builds.has(text))

    def is_build(self, text: str) -> bool:
        """Return True if the whole text means a build; a whole name of a site is none's end."""
        return self._builds.means(text) and (self._builds.has(text) or not self._sites.has(text))

    def is_known(self, text: str) -> bool:
        """Return True if the whole text means a site or a build."""
        return self._sites.means(text) or self._builds.means(text)

    def as_site(self, text: str) -> str:
        """Return the text, or the one site of which it is the end, from a slash on."""
        return self._sites.completed(text)

    def as_build(self, text: str) -> str:
        """Return the text, or the one build of which it is the end, from a slash on."""
        return self._builds.completed(text)

    def named_in(self, line: str) -> Named:
        """Return the sites and builds whose names stand in `line` as whole words.

        A name of a site and of a build counts as the site, unless the line has another site before.
        """
        places = self.places_in(line)
        sites = tuple({normalize(name): name for _, _, name, is_site in places if is_site}.values())
        builds = {normalize(name): name for _, _, name, is_site in places if not is_site}
        spans = [(start, end) for start, end, _, _ in places]
        return Named(sites, tuple(builds.values()), blanked(line, spans))

    def only_named_in(self, text: str) -> Named | None:
        """Return the names in a text that holds nothing else, such as `sites/london`, or None.

        They may have any signs between them: `london-design`. Of a list of words, such as tags, the
        known ones are returned.
        """
        named = self.named_in(text)
        if not (named.sites or named.builds):
            named = self.named_in(text.translate(SEPARATORS))
        words = re.findall(r"\w+", named.rest.casefold())
        is_only = (named.sites or named.builds) and all(word in _KINDS for word in words)
        items = [item.strip() for item in re.split(r"[,;|\n]", text)]
        if is_only or any(re.search(r"\d.*\s|\s.*\d", item) for item in items):  # of an address
            return named if is_only else None
        known = [item for item in items if self.is_known(item)]
        return self.named_in(" , ".join(known)) if known and len(items) > 1 else None

    def places_in(self, line: str) -> list[NamedPlace]:
        """Return the names in a line, in their order."""
        places: list[NamedPlace] = []
        for start, end in self._spans(line):
            text = " ".join(line[start:end].split())
            is_site = self.is_site(text) and not (
                self.is_build(text) and any(place.is_site for place in places)
            )
            name = self.as_site(text) if is_site else self.as_build(text)
            places.append(NamedPlace(start, end, name, is_site))
        return [
            place
            for before, place in zip([None, *places], places, strict=False)
            if not (before and _is_of_place(line, before, place))
        ]

    def _spans(self, line: str) -> Iterator[tuple[int, int]]:
        """Yield where names begin and end in a line, the longest one at each place."""
        pieces = list(_PIECE.finditer(line))
        number = last_end = 0
        while number < len(pieces):
            start = pieces[number].start()
            before = line[start - 1 : start]
            is_part = (
                _BEFORE.match(before)
                and not _is_seam(line, start)
                and not _KIND_BEFORE.search(line[max(0, start - 12) : start])
            )
            next_number = number if is_part else self._behind(line, pieces, number)
            if next_number == number:
                number += 1
                continue
            end = pieces[next_number - 1].end()
            # An end of a name behind a slash is the rest of another name, but not behind a name.
            is_whole = self._sites.has(line[start:end]) or self._builds.has(line[start:end])
            if before != "/" or start - 1 == last_end or is_whole:
                yield start, end
                last_end = end
            number = next_number

    def _behind(self, line: str, pieces: Sequence[re.Match[str]], first: int) -> int:
        """The number of the piece behind the longest name that begins with `first`, or `first`."""
        start = pieces[first].start()
        most = self._most_pieces.get(plain(pieces[first][0]), 0)
        for number in range(min(first + most, len(pieces)) - 1, first - 1, -1):
            end = pieces[number].end()
            is_longer = _BEHIND.match(line, end) and not _is_seam(line, end)
            if not is_longer and self.is_known(line[start:end]):
                return number + 1
        return first


class _NamesOfKind:
    """The names of one kind: `whole` ones, and the `ends` that only one of them has, folded.

    They may be written as one word, as in NewYork; those that `are_things` also in the plural, or
    in the singular.
    """

    def __init__(self, names: Iterable[str], *, are_things: bool = False) -> None:
        self.whole = {normalize(name): name for name in names if name.strip()}
        every = [*self.whole.values()]
        parts = {name: name.split("/") for name in every}
        ends = _owned(
            (normalize("/".join(of_name[first:])), name)
            for name, of_name in parts.items()
            for first in range(1, len(of_name))
        )
        self.ends = {end: name for end, name in ends.items() if end not in self.whole}
        loose = [(letters(name), name) for name in every]
        if are_things:
            loose += [(f"{plain(name)}s", name) for name in every if len(name) >= SHORTEST_PLURAL]
            many = [name for name in every if name.casefold().endswith("s")]
            loose += [(plain(name)[:-1], name) for name in many if len(name) > SHORTEST_SINGULAR]
        folded = {name: unicodedata.normalize("NFC", name).casefold() for name in every}
        strict = [(plain(name), name) for name in every]
        strict += [(plain(text.translate(_UMLAUTS)), name) for name, text in folded.items()]
        taken = {text for text, _ in strict}
        self.plain = _owned(strict) | _owned(pair for pair in loose if pair[0] not in taken)
        numbers = filter(str.isdecimal, self.whole)
        self._numbers = _owned((number.lstrip("0"), number) for number in numbers)

    def has(self, text: str) -> bool:
        """Return True if the text is a whole name."""
        return normalize(text) in self.whole or plain(text) in self.plain

    def means(self, text: str) -> bool:
        """Return True if the text is a name or a unique end."""
        folded = normalize(text)
        return folded in self.whole or folded in self.ends or plain(text) in self.plain

    def completed(self, text: str) -> str:
        """Return the name that is meant by a unique end or by other accents, else the text.

        Of a number too: spreadsheets take the zeros at its beginning away. Elsewhere than in the
        cell for a name, such a number means nothing.
        """
        folded = normalize(text)
        if folded in self.whole:
            return text
        known = self.ends.get(folded) or self.plain.get(plain(text))
        return known or self._numbers.get(folded.lstrip("0"), text)


def _owned(owners: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The names by the texts that mean one of them alone."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for text, name in owners:
        found[text].add(name)
    return {text: names.pop() for text, names in found.items() if text and len(names) == 1}


@lru_cache(maxsize=2)  # as the repo is, and as it was a moment ago
def _made(sites: tuple[str, ...] | None, builds: tuple[str, ...] | None) -> Names:
    return Names(sites, builds)


def _is_of_place(line: str, before: NamedPlace, place: NamedPlace) -> bool:
    """Return True if a build's name is a part of a place's: in `the London lab`, lab is a room."""
    return (
        before.is_site
        and not place.is_site
        and line[before.end : place.start].isspace()
        and _ARTICLE.search(line[max(0, before.start - 12) : before.start]) is not None
        and _END.match(line, place.end) is not None
    )


def _is_seam(line: str, at: int) -> bool:
    """Return True if a script without spaces begins or ends between two characters of a line.

    Or one of its words for a place.
    """
    if not 0 < at < len(line):
        return False
    if _JOINED_BEHIND.match(line, at) or _JOINED_BEFORE.search(
        line, max(0, at - LONGEST_JOINED), at
    ):
        return True
    before, behind = _IN_SCRIPT.match(line[at - 1]), _IN_SCRIPT.match(line[at])
    return (before and before.lastindex) != (behind and behind.lastindex)
