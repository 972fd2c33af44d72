"""The columns of a table and their meanings: told by their cells first, then by their headings."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from infrastructure.text import nearest
from provisioning.imports.parsing.grids.decisions import is_mark
from provisioning.imports.parsing.grids.groups import Group, are_blocks, groups_of, titled
from provisioning.imports.parsing.grids.headings import (
    direction,
    find_headings,
    is_any_name,
    is_plain,
    meaning,
    names_above,
    plain,
    rank,
    strange_headings,
)
from provisioning.imports.parsing.grids.sample import Column, seen, without_series
from provisioning.imports.parsing.grids.spellings import (
    BUILD,
    DEVICE,
    FOREIGN,
    NAME,
    NOTE,
    OLD,
    OTHER,
    SERIAL,
    SITE,
    STATUS,
    WANTED,
)
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.tokens import computer_names, others

_MOST_COMPARED = 20  # different values of a column that are compared with names
_LONGEST_CELL = 80  # characters of a cell that is looked at for serials
_UNPLACED = (OLD, OTHER, FOREIGN, STATUS, WANTED)  # kinds of columns that hold no places
# Headings of other numbers under which the serials stand, where nothing else holds any.
_LOOSE = frozenset({"mac", "macs", "id"})
_OS_BUILD = re.compile(r"\d\d[A-Z]\d{1,5}[a-z]?")  # of macOS, such as 23E224

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table: a group for each serial in a row.

    `headings` is the number of their row, or None. `olds` hold serials of Macs that others replace,
    `devices` say what a machine is, `names` what it is called, by people or by itself,
    `spare` hold what looks like serials too, with headings that say so where there are `rivals`.
    """

    groups: tuple[Group, ...] = ()
    headings: int | None = None
    olds: tuple[int, ...] = ()
    devices: tuple[int, ...] = ()
    names: tuple[int, ...] = ()
    spare: tuple[int, ...] = ()
    rivals: bool = False
    are_hosts: bool = True  # the names are of hosts, with their domain behind a dot
    foreign: tuple[tuple[int, str], ...] = ()  # columns of other machines' serials, with headings
    decisions: tuple[tuple[int, str], ...] = ()  # columns of WANTED, STATUS and NOTE
    unread: frozenset[int] = frozenset()  # columns of which no word is a serial of a Mac
    is_misheaded: bool = False  # the headings of the serials and of other numbers are exchanged
    are_sure: bool = True  # that all that stands in the groups' columns are serials
    strange: int | None = None  # the row of headings that are not known
    elsewhere: tuple[int, ...] = ()  # other columns of sites, of which no heading says more
    marked: tuple[tuple[int, str], ...] = ()  # columns of marks below names of sites and builds

    @property
    def first(self) -> int:
        """The number of the first row below the headings, known or not."""
        above = self.strange if self.headings is None else self.headings
        return 0 if above is None else above + 1

    def of(self, kind: str) -> list[int]:
        """The numbers of the columns of one kind, such as SITE."""
        numbers = (getattr(group, kind) for group in self.groups)
        return [number for number in numbers if number is not None]


def find_columns(rows: Sequence[Row], names: Names) -> Columns:
    """Return the columns of a table, without groups where no cell looks like a serial.

    A column of sites, or of builds, is one only where the repo has that kind.
    """
    at = find_headings(rows)
    strange = strange_headings(rows, names) if at is None else None
    has_names_above = at is None and (at := names_above(rows, names)) is not None
    headings = rows[at] if at is not None else ()
    above = at if at is not None else strange
    columns = seen(rows[0 if above is None else above + 1 :], headings)
    serials = _serials(columns, has_headings=at is not None)
    foreign = tuple((c.number, c.heading) for c in columns if c.kind == FOREIGN)
    if not serials:
        return Columns(headings=at, foreign=foreign)
    taken = {column.number for column in serials}
    free = [column for column in columns if column.number not in taken]
    places = {
        kind: _places(free, kind, names) for kind in (SITE, BUILD) if kind in names.kinds.names
    }
    used = {column.number for found in places.values() for column in found}
    elsewhere = _elsewhere(free, places.get(SITE, []), names)
    free = [column for column in free if column.number not in used]
    found = {**places, NAME: _named(free), NOTE: [c for c in free if c.kind == NOTE]}
    return Columns(
        titled(groups_of(serials, found), rows[at - 1] if at else (), names),
        at,
        tuple(column.number for column in columns if column.kind == OLD),
        tuple(column.number for column in free if column.kind in (DEVICE, None, BUILD)),
        tuple(column.number for column in columns if column.kind == NAME),
        tuple(column.number for column in columns if _is_spare(column, taken)),
        any(c.kind == SERIAL and c.serials for c in columns if c.number not in taken),
        not any(plain(column.heading) == "computername" for column in found[NAME]),
        foreign,
        tuple((c.number, c.kind) for c in columns if c.kind in (WANTED, STATUS, NOTE)),
        frozenset(c.number for c in columns if c.kind in (OTHER, OLD, FOREIGN)),
        any(c.kind == SERIAL and c.cells for c in columns)
        and all(c.kind in (OTHER, NOTE) for c in serials),
        _are_sure(serials, len(columns))
        or has_names_above
        or (strange is not None and _are_alike([rows[strange][c.number] for c in serials]))
        or (strange is not None and len(serials) == len(columns)),
        strange,
        elsewhere,
        tuple((c.number, c.heading) for c in free if _is_marked(c, names)),
    )


def _are_sure(serials: Sequence[Column], width: int) -> bool:
    """True for one column of serials, for headed ones, and for blocks of columns side by side."""
    if len(serials) == 1 or all(column.kind == SERIAL for column in serials):
        return True
    return are_blocks(serials, width)


def _are_alike(headings: Sequence[str]) -> bool:
    """True for headings with a word in common, such as `Bench A` and `Bench B`."""
    words = [{*heading.casefold().split()} for heading in headings]
    return bool(set.intersection(*words))


def _is_spare(column: Column, taken: set[int]) -> bool:
    if column.number in taken or not column.cells:
        return False
    return column.kind == SERIAL or (
        column.kind not in (*_UNPLACED, NOTE) and 2 * column.serials >= len(column.cells)
    )


def _serials(columns: Sequence[Column], *, has_headings: bool) -> list[Column]:
    headed = [column for column in columns if column.kind == SERIAL]
    filled = [column for column in headed if column.serials]
    by_content = without_series(
        [
            column
            for column in columns
            if column.kind in (None, SERIAL, BUILD, SITE, DEVICE)
            and column.cells
            and 2 * column.serials >= len(column.cells)
        ]
    )
    if not headed:
        noted = [c for c in columns if c.kind in (NOTE, NAME) and 2 * c.serials > len(c.cells)]
        loose = [c for c in columns if plain(c.heading) in _LOOSE and 2 * c.serials > len(c.cells)]
        return by_content or loose[:1] or (noted[:1] if has_headings else [])
    if not filled:
        return by_content or _misheaded(columns, headed) or _plainest(headed)
    return filled if _are_qualified(filled, len(columns)) else _plainest(filled)


def _misheaded(columns: Sequence[Column], headed: Sequence[Column]) -> list[Column]:
    """The columns full of serials below headings of other numbers.

    Only where the column that is `headed` as that of serials holds asset tags: the headings may be
    exchanged.
    """
    if not all(others.is_counted(cell.upper()) for column in headed for cell in column.cells):
        return []
    return [c for c in columns if c.kind in (OTHER, NOTE) and c.cells and c.serials == len(c.cells)]


def _are_qualified(headed: Sequence[Column], width: int) -> bool:
    """Tell if columns stand in blocks, and no heading is plainer: `Left S/N`, `Right S/N`."""
    ranks = {rank(column.heading) for column in headed}
    return len(headed) > 1 and ranks == {rank("")} and are_blocks(headed, width)


def _plainest(columns: Sequence[Column]) -> list[Column]:
    """The columns with the plainest heading; several of one heading stand side by side."""
    best = min(columns, key=lambda column: rank(column.heading))
    return [column for column in columns if plain(column.heading) == plain(best.heading)]


def _places(columns: Sequence[Column], kind: str, names: Names) -> list[Column]:
    """The columns of sites, or of builds: that fit best, of those the plainest heading.

    A heading may say that Macs leave such places: more than that no heading means any counts only
    beside one of places to which they go.
    """

    def is_one(cell: str) -> bool:
        if names.is_site(cell) if kind == SITE else names.is_build(cell):
            return True
        named = names.only_named_in(cell) if len(cell) <= _LONGEST_CELL else None
        return bool(named and (named.sites if kind == SITE else named.builds))

    def is_whole(cell: str) -> bool:
        named = names.only_named_in(cell) if len(cell) <= _LONGEST_CELL else None
        return names.is_build(cell) or bool(named and named.sites and named.builds)

    known = names.sites if kind == SITE else names.builds
    candidates = []
    has_target = any(direction(column.heading) > 0 for column in columns)
    for column in columns:
        is_headed = column.kind == kind
        # A site among tags says where a Mac goes; a build among them may be any word, such as lab.
        share = column.share(is_one if is_headed or kind == SITE else is_whole)
        if (column.kind in _UNPLACED and column.kind != STATUS) or not (
            is_headed or 2 * share >= 1
        ):
            continue
        if is_headed and share == 0 and not _may_fit(column, kind, known):
            continue
        away, plainness = -direction(column.heading), rank(column.heading) if is_headed else 0
        is_other = not (is_headed or _names_sites(column))
        goes = away if has_target else 0
        order = (2 * share < 1, goes, is_other, not is_headed, away, plainness)
        candidates.append((order, column))
    if not candidates:
        return []
    best = min(candidates, key=lambda pair: (pair[0], pair[1].number))[1]
    return [
        column
        for _, column in candidates
        if column is best or (best.heading and column.heading == best.heading)
    ]


def _is_marked(column: Column, names: Names) -> bool:
    """Tell if a column has marks for the Macs of the site, or build, that its heading names."""
    return bool(column.cells) and names.is_known(column.heading) and column.share(is_mark) == 1


def _elsewhere(
    columns: Sequence[Column], chosen: Sequence[Column], names: Names
) -> tuple[int, ...]:
    """The other columns of sites, where no heading says from where to where Macs go."""
    if not chosen or any(direction(column.heading) for column in chosen):
        return ()
    numbers = {column.number for column in chosen}
    others = (c for c in columns if c.number not in numbers and (not c.heading or _names_sites(c)))
    told = (c for c in others if not direction(c.heading) and 2 * c.share(names.is_site) >= 1)
    return tuple(column.number for column in told)


def _names_sites(column: Column) -> bool:
    """Tell if a word of a heading means places, such as `Current location`."""
    return any(meaning(word) == SITE for word in column.heading.split())


def _may_fit(column: Column, kind: str, known: Sequence[str]) -> bool:
    """Tell if a headed column without a known name is one all the same, whose names are asked."""
    if column.share(lambda cell: _OS_BUILD.fullmatch(cell) is not None) > 0:
        return False
    if kind == SITE or is_plain(column.heading, kind):
        return True
    values = [*dict.fromkeys(column.cells)][:_MOST_COMPARED]
    return any(nearest(value, known) for value in values)


def _named(columns: Sequence[Column]) -> list[Column]:
    """The columns of computers' names, not those of people's and models'."""
    headed = [column for column in columns if column.kind == NAME and column.cells]
    usable = [column for column in headed if not _is_of_others(column)]
    if usable:
        return _plainest(usable)
    hosts = [c for c in columns if c.kind is None and c.cells and c.share(_is_host) == 1]
    return [column for column in hosts if len({*column.cells}) == len(column.cells)]


def _is_host(cell: str) -> bool:
    return computer_names.is_host(cell) or others.HOST.fullmatch(cell) is not None


def _is_of_others(column: Column) -> bool:
    repeats = len({*column.cells}) < len(column.cells)
    people = column.share(computer_names.is_person)
    return 2 * people >= 1 or (is_any_name(column.heading) and (repeats or people > 0))
