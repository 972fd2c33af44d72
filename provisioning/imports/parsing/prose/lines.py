"""Lines as they were read, and the places that their headings and the end of a text give them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from infrastructure.text import normalize
from provisioning.imports.parsing.entries import FROM_ABOVE, Entry, Item, with_doubt
from provisioning.imports.parsing.names import Named, Names
from provisioning.imports.parsing.prose import places
from provisioning.imports.parsing.vocabulary.words import pattern

_OF_ALL = re.compile(rf"[(\[]\s*(?:{pattern('all')})\b", re.IGNORECASE)
_LONGEST_CLOSING = 4  # words of a line with which a mail ends
_LONGEST_NAME = 3  # words of the line that a person's name is
_MAY_HOLD = "which may hold for it"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was read.

    `text` is how it was written, nothing for a blank one. `parts`: it is a heading as those of
    places are, of a part of the list that may have none. `speaks`: it has other words than serials,
    which may be a misspelt name. `stands`: it has names only, which hold for other lines. `heads`:
    its names begin it, before a colon, and hold for the lines below it that name none. `repeats`:
    it says that its place is the one above it.
    """

    items: tuple[Item, ...]
    named: Named
    stands: bool = False
    parts: bool = False
    heads: bool = False
    speaks: bool = False
    repeats: bool = False
    text: str = ""

    @property
    def entries(self) -> list[Entry]:
        """The Macs in the line."""
        return [item for item in self.items if isinstance(item, Entry)]

    def doubted(self, doubt: str) -> "Line":
        """Return the line with one more doubt about its Macs."""
        return replace(self, items=tuple(with_doubt(item, doubt) for item in self.items))


def told(
    lines: Sequence[Line], ending: Named | None, bracketed: str | None = None
) -> Iterator[Entry]:
    """Yield the entries, with the names from headings and from the end of the text.

    Those at the end hold for the lines that say nothing. A name that is `bracketed` there may: the
    Macs that have no place are asked about.
    """
    lines = _without_shifted(lines)
    if at := _begins_anew(lines):
        below = takewhile(lambda line: not line.entries, reversed(lines))
        yield from told([*lines[:at], *below], None, None)
        lines = lines[at:]
    heard = _Heard(lines, ending, bracketed)
    for line in lines:
        heard.hear(line)
        yield from (heard.placed(entry, line) for entry in line.entries)


class _Heard:
    """The place that the lines so far give the next Mac, and that it has where they say nothing."""

    def __init__(self, lines: Sequence[Line], ending: Named | None, bracketed: str | None) -> None:
        self._is_headed = _is_headed(lines)
        held = [at for at, line in enumerate(lines) if line.entries] or [0]
        around = [*lines[: held[0]], *lines[held[-1] + 1 :]] if self._is_headed else lines
        standing = [line.named for line in around if line.stands]
        sites = (name for line in lines if line.stands for name in line.named.sites)
        if _common(sites) is None:
            standing = [replace(one, builds=()) if one.sites else one for one in standing]
        self._site, self._build = common_place(standing)
        ends = [*standing, ending] if ending else standing
        self._last_site, self._last_build = common_place(ends)
        site, build = common_place([line.named for line in lines if line.entries])
        self._last_site = self._last_site if self._site or site else None
        self._last_build = self._last_build if self._build or build else None
        builds = {normalize(name) for line in lines if line.stands for name in line.named.builds}
        is_for_all = self._last_build is not None and len(builds) <= 1
        first = next((line.named for line in lines if line.stands or line.heads), None)
        # Of headings that begin with a build alone, those of sites stand below builds.
        self._has_build = is_for_all or bool(first and first.builds and not first.sites)
        self._bracketed = bracketed
        self._ending = ending.sites if ending and not places.ALL.search(ending.rest) else ()
        self._doubt: str | None = None  # about what the last heading said
        self._above: tuple[str | None, str | None] = None, None  # the place of the Mac above
        # The names in a line right above that is no heading; or above a gap, where it directs.
        self._unheard: Sequence[str] = ()
        self._unheard_in = ""

    def hear(self, line: Line) -> None:
        """Take the names of a heading; that of a site is one also below others with serials."""
        site, build = line.named.site, line.named.build
        is_gap = not line.text and places.directs(self._unheard_in)
        if not line.entries and not is_gap:
            self._unheard_in = line.text
            is_unheard = line.named.sites and not line.stands
            self._unheard = (*line.named.sites, *line.named.builds) if is_unheard else ()
        if not (line.heads or (line.stands and self._is_headed)):
            return
        if site and not build and not self._has_build:
            self._build = self._last_build = None
        self._site, self._build = site or self._site, build or self._build
        self._last_site, self._last_build = site or self._last_site, build or self._last_build
        self._doubt = places.several(line.named, "below")

    def placed(self, entry: Entry, line: Line) -> Entry:
        """Return the next entry with its place, and with the doubt about that."""
        is_repeated = line.repeats and any(self._above)
        is_elsewhere = self._ending and entry.site and _common([entry.site, *self._ending]) is None
        is_told = line.speaks or is_elsewhere
        said = (self._site, self._build) if is_told else (self._last_site, self._last_build)
        site, build = self._above if is_repeated else said
        own = entry.site, entry.build
        self._above = place = entry.site or site, entry.build or build
        if is_repeated:
            doubt: str | None = FROM_ABOVE
        elif self._bracketed and not any(place):
            doubt = f"stands above {self._bracketed!r} in brackets, {_MAY_HOLD}"
        else:
            # Of a place from elsewhere, where the line right above names another one.
            had = {normalize(name) for name in place if name}
            is_other = had and not had.issuperset(map(normalize, self._unheard))
            unheard = f"stands below a line that names {' and '.join(self._unheard)}"
            doubt = (self._doubt or (unheard if is_other else None)) if place != own else None
        placed = entry if place == own else replace(entry, site=place[0], build=place[1])
        return with_doubt(placed, doubt)


def _without_shifted(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines without the sites, or the builds, that may be of the Macs above or below them."""
    kept = [line.named for line in lines]
    if _are_shifted(lines, [bool(named.sites) for named in kept]):
        kept = [replace(named, sites=()) for named in kept]
    if _are_shifted(lines, [bool(named.builds) for named in kept]):
        kept = [replace(named, builds=()) for named in kept]
    both = zip(lines, kept, strict=True)
    return [replace(line, named=named) if line.stands else line for line, named in both]


def _are_shifted(lines: Sequence[Line], are_named: Sequence[bool]) -> bool:
    """Return True if names stand between Macs and below all, but not above: none has a colon."""
    held = [at for at, line in enumerate(lines) if line.entries]
    named = [at for at, is_named in enumerate(are_named) if is_named]
    alone = [at for at in named if lines[at].stands and not lines[at].text.rstrip().endswith(":")]
    return bool(held and alone) and held[0] < named[0] and alone[0] < held[-1] < alone[-1]


def unsigned(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, of which those below the name of who wrote them stand for no Macs.

    That is below all Macs, in or below a line such as `Best regards`: a person's office. A place
    with a date there is where the text was written.
    """
    held = max((at for at, line in enumerate(lines) if line.entries), default=len(lines))
    read = list(lines)
    is_closed = is_signed = False
    for at, line in enumerate(lines[held + 1 :], start=held + 1):
        # Not `PS: all for London`, nor `london design`: people write their offices with capitals.
        is_office = is_signed and line.text.strip()[:1].isupper()
        is_of_writer = is_office and not places.directs(line.text)
        if line.stands and (is_of_writer or places.is_dated(line.text, line.named)):
            read[at] = replace(line, stands=False)
        is_short = len(line.text.split()) <= _LONGEST_CLOSING
        *begins, signed = places.CLOSING.split(line.text, maxsplit=1) if is_short else [line.text]
        is_closed = is_closed or bool(begins)  # `Kind regards, Ann` names who wrote it
        words = (word.strip(",;:.!") for word in signed.split())
        others = (w for w in words if not (places.is_filler(w) or places.is_part(w)))
        is_name = not line.stands and any(word[:1].isupper() for word in others)
        is_signed = is_signed or (is_closed and is_name)
    return read


def in_signature(lines: Sequence[str]) -> Iterator[bool]:
    """Yield for each line of a mail whether it may stand in the signature.

    That is below a line such as `Best regards`, or right below the name of who wrote it.
    """
    is_closed = is_named = False
    for line in lines:
        is_named = is_named and bool(line.strip())
        yield is_closed or is_named
        words = line.replace(",", " ").split()
        are_names = all(word[:1].isupper() and not places.is_filler(word) for word in words)
        is_named = is_named or (0 < len(words) <= _LONGEST_NAME and are_names and ":" not in line)
        is_closed = is_closed or (len(words) <= _LONGEST_CLOSING and places.closes(line))


def common_place(named: Sequence[Named]) -> tuple[str | None, str | None]:
    """Return the one site, and the one build, that lines name; None where there are more."""
    site = _common(name for one in named for name in one.sites)
    return site, _common(name for one in named for name in one.builds)


def ending_of(text: str, line: Line, names: Names) -> tuple[Named | None, str | None]:
    """Return the names at the end of the whole text, after its last serial.

    And the name in brackets there, which is that serial's own.
    """
    if not line.entries:
        return None, None
    last = re.escape(line.entries[-1].serial.text)
    behind = re.split(last, text, flags=re.IGNORECASE)[-1].lstrip()
    named = names.named_in(behind)
    is_own = behind[:1] in {"(", "["} and not _OF_ALL.match(behind)
    return (None, named.site or named.build) if is_own else (named, None)


def _common(names: Iterable[str]) -> str | None:
    """The one name among `names`, in any case; None where there are several."""
    names_by_key = {normalize(name): name for name in names}
    return next(iter(names_by_key.values())) if len(names_by_key) == 1 else None


def _begins_anew(lines: Sequence[Line]) -> int:
    """Return where a heading begins another list, below Macs that have none; or 0.

    It has a colon, or names a site, below `London: C02…` or Macs that a build alone heads.
    """
    held = [at for at, line in enumerate(lines) if line.entries]
    above = [line.named for line in lines[: held[0]] if line.stands] if held else []
    has_site = any(one.sites for one in above) or (held and lines[held[0]].entries[0].site)
    is_of_build = not has_site and any(one.builds for one in above)
    if not held or (_is_headed(lines) and not is_of_build):
        return 0
    between = range(held[0], held[-1] + 1)
    leads = (at for at in between if lines[at].heads and lines[at].named.site)
    first = held[0] if is_of_build else next(leads, len(lines))
    for at in between[1:]:
        line, is_site = lines[at], at > first and lines[at].named.site
        has_colon = line.stands and line.text.rstrip().endswith(":")
        if has_colon or (is_site and (line.stands or (line.heads and is_of_build))):
            return at
    return 0


def _is_headed(lines: Sequence[Line]) -> bool:
    """Return True if a heading stands above the first serial: it holds for lines below."""
    named = (line for line in lines if not line.stands or line.named.sites or line.named.builds)
    first = next((line for line in named if line.entries or line.parts or line.stands), None)
    return first is not None and (first.parts or first.stands)
