"""Roles of columns: which holds the serials, and which the sites, the builds, names and notes.

A role is told by what stands in the cells first, then by the heading. `give` asks for one role
after the other; below it stands a function for each, which says what decides.
"""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum, auto
from itertools import pairwise

from infrastructure.text import nearest
from provisioning.imports.parsing.grids.column import DATE, LONGEST_CELL, Column
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.tokens import computer_names, others
from provisioning.imports.parsing.tokens.machines import names_mac
from provisioning.imports.parsing.vocabulary.headings import (
    LAST_RANK,
    ColumnKind,
    names_places,
    plain,
)
from provisioning.imports.parsing.vocabulary.words import known


class Role(StrEnum):
    """A role of a column for the Macs in its rows; it may have several."""

    # one of each for a Mac
    SERIAL, SITE, BUILD, NAME, NOTE = auto(), auto(), auto(), auto(), auto()
    ELSEWHERE = auto()  # a second column of sites, of which no heading says more
    MARKED = auto()  # marks below the name of a site or of a build
    SPARE = auto()  # looks like serials too
    DEVICE = auto()  # may say what a machine is
    BESIDE = auto()  # names other machines, and no Mac, below a heading that is not known
    DECISION = auto()  # says what is wanted, or what became of a Mac


_ANSWERS = known("yes", "no")
_MAX_COMPARED = 20  # different values of a column that are compared with names
# Kinds of columns that hold no places, and no serial of a Mac that is set up.
OF_OTHERS = (ColumnKind.OLD, ColumnKind.OTHER, ColumnKind.FOREIGN)
# Kinds of columns that may say what a machine is, where they hold nothing else.
_DESCRIBING = (ColumnKind.DEVICE, ColumnKind.BUILD, ColumnKind.NAME, None)
_DECIDING = (ColumnKind.WANTED, ColumnKind.DONE, ColumnKind.STATUS, ColumnKind.NOTE)
_READ = {Role.SERIAL, Role.SITE, Role.BUILD, Role.NAME}
# Headings of other numbers under which the serials stand, where nothing else holds any.
_LOOSE = frozenset({"mac", "macs", "id"})
_SURE_BUILDS = frozenset({"build", "builds", "buildname"})  # which mean nothing else
_ANY_SITES = {plain(word) for word in known("any_site")}
_ANY_ADDRESSES = {plain(word) for word in known("any_address")}
_MACS = known("machine") | {"apple", "apple inc", "apple inc."}  # cells that may mean Macs
_ANY_DEVICES = {plain(word) for word in known("any_device")}
_ANY_NAMES = {plain(word) for word in known("any_name")}
_JOINED = re.compile(r"[^\W_]+(?:[-_.][^\W_]+)+")  # paris-kiosk
_OS_BUILD = re.compile(r"\d\d[A-Z]\d{1,5}[a-z]?")  # of macOS, such as 23E224


def give(columns: Sequence[Column], names: Names, *, has_headings: bool) -> None:
    """Give the columns of a table their roles; none where none of them holds serials.

    A column of sites, or of builds, is one only where the repo has that kind. One column may be
    both, as a cell may name both.
    """
    serials = _serials(columns, has_headings=has_headings)
    _give(Role.SERIAL, serials)
    if not serials:
        return
    free = [column for column in columns if not column.roles]
    for role, kind in ((Role.SITE, ColumnKind.SITE), (Role.BUILD, ColumnKind.BUILD)):
        if kind in names.kinds.names:
            places = _places(free, kind, names)
            is_for_each = len(places) == len(serials) > 1 and are_blocks(serials, len(columns))
            _give(role, [c for c in places if c.heading or is_for_each] or places[:1])
    _give(Role.ELSEWHERE, _elsewhere(free, names))
    free = [column for column in free if not column.roles & {Role.SITE, Role.BUILD}]
    _give(Role.NAME, named := _named(free))
    notes = [column for column in free if column.kind == ColumnKind.NOTE]
    # People's names, rooms', or what may be.
    others_ = (c for c in free if c not in named and c.plain in _ANY_NAMES)
    _give(Role.NOTE, notes or [c for c in others_ if not c.share(computer_names.is_default)])
    # Marks of the Macs of the site, or build, that its heading names.
    marked = (c for c in free if names.is_known(c.heading) and c.marks > 0)
    _give(Role.MARKED, [c for c in marked if _ANSWERS.issuperset(map(str.casefold, c.cells))])
    for column in columns:
        column.roles.update(_of_kind(column))


def are_blocks(serials: Sequence[Column], width: int) -> bool:
    """Return True if blocks of as many columns stand side by side, each with one of serials."""
    steps = {second.number - first.number for first, second in pairwise(serials)}
    step = min(steps)
    return len(steps) == 1 and step > 1 and len(serials) * step == width


def _give(role: Role, columns: Sequence[Column]) -> None:
    for column in columns:
        column.roles.add(role)


def _of_kind(column: Column) -> Iterator[Role]:
    """The roles that follow from the kind of a column, beside the roles that it has.

    A column of what is ready decides where it says so of some: all may wait to be set up.
    """
    is_ready = column.kind == ColumnKind.READY and column.marks
    is_other = column.kind is None and not column.roles
    if column.kind in _DECIDING or is_ready or is_other:
        yield Role.DECISION
    if column.kind in _DESCRIBING and not column.roles & _READ:
        is_strange = column.kind is None and column.plain not in {"", *_ANY_DEVICES}
        are_macs = any(names_mac(cell) or cell.casefold() in _MACS for cell in column.cells)
        yield Role.BESIDE if is_strange and not are_macs else Role.DEVICE
    is_headed = column.kind == ColumnKind.SERIAL and column.cells
    is_like = (
        column.kind not in (*OF_OTHERS, ColumnKind.STATUS, ColumnKind.NOTE) and column.has_serials
    )
    if (is_headed or is_like) and Role.SERIAL not in column.roles:
        yield Role.SPARE


def _serials(columns: Sequence[Column], *, has_headings: bool) -> list[Column]:
    """The columns of serials: those that are headed so and hold some, else those that hold most."""
    headed = [column for column in columns if column.kind == ColumnKind.SERIAL]
    filled = [column for column in headed if column.serials]
    filled = [column for column in filled if column.direction > 0] or filled
    if filled:
        # Blocks of columns, of which none is headed plainly: `Left S/N`, `Right S/N`.
        is_any_known = any(column.rank < LAST_RANK for column in filled)
        is_each = len(filled) > 1 and not is_any_known and are_blocks(filled, len(columns))
        return filled if is_each else _plainest(filled)
    by_content = [
        column
        for column in columns
        if column.kind
        in (None, ColumnKind.SERIAL, ColumnKind.BUILD, ColumnKind.SITE, ColumnKind.DEVICE)
        and column.has_serials
    ]
    # Numbers in a series are asset tags, unless there are no others.
    by_content = [column for column in by_content if not column.is_series] or by_content
    if by_content:
        return by_content
    if headed:
        return _misheaded(columns, headed) or _plainest(headed)
    mostly = [column for column in columns if 2 * column.serials > len(column.cells)]
    loose = [column for column in mostly if column.plain in _LOOSE]
    noted = [c for c in mostly if c.kind in (ColumnKind.NOTE, ColumnKind.NAME)]
    return loose[:1] or (noted[:1] if has_headings else [])


def _misheaded(columns: Sequence[Column], headed: Sequence[Column]) -> list[Column]:
    """The columns full of serials below headings of other numbers.

    Only where the column that is `headed` as that of serials holds asset tags: the headings may be
    exchanged.
    """
    cells = (cell.upper() for column in headed for cell in column.cells)
    if not all(others.is_counted(cell) or cell.isdigit() for cell in cells):
        return []
    return [
        c
        for c in columns
        if c.kind in (ColumnKind.OTHER, ColumnKind.NOTE) and c.cells and c.serials == len(c.cells)
    ]


def _plainest(columns: Sequence[Column]) -> list[Column]:
    """The columns with the plainest heading; several of one heading stand side by side."""
    best = min(columns, key=lambda column: column.rank)
    return [column for column in columns if column.plain == best.plain]


def _places(columns: Sequence[Column], kind: str, names: Names) -> list[Column]:
    """The columns of sites, or of builds: the one that fits best, and others of its heading.

    Where none is one of sites, it is one of addresses that are all known sites.
    """
    has_target = any(column.direction > 0 for column in columns)
    candidates = [
        (order, column)
        for column in columns
        if (order := _order(column, kind, names, has_target=has_target)) is not None
    ]
    if not candidates:
        addresses = (c for c in columns if kind == ColumnKind.SITE and c.plain in _ANY_ADDRESSES)
        return [column for column in addresses if column.share(names.is_site) == 1]
    _, best = min(candidates, key=lambda pair: (pair[0], pair[1].number))
    others_ = (column for _, column in candidates if column.heading == best.heading)
    return [best, *(column for column in others_ if column is not best)]


def _order(
    column: Column, kind: str, names: Names, *, has_target: bool
) -> tuple[int | bool, ...] | None:
    """The order of a column among those of sites, or builds; None for one that is none.

    First come those of which half the cells are names; then those with a heading of places, of
    these the plainest. A heading may say that Macs leave such places: that counts most beside one
    of places to which they go, and least elsewhere.
    """
    if column.kind in OF_OTHERS:
        return None
    is_headed = column.kind == kind
    share = column.share(lambda cell: _is_one(cell, column, kind, names))
    if not is_headed and 2 * share < 1:
        return None
    if is_headed and share == 0 and not _may_fit(column, kind, names):
        return None
    away = -column.direction
    return (
        2 * share < 1,
        away if has_target else 0,
        not (is_headed or names_places(column.heading)),
        not is_headed,
        away,
        column.rank if is_headed else 0,
    )


def _is_one(cell: str, column: Column, kind: str, names: Names) -> bool:
    """Return True if a cell names a site, or a build.

    A site among tags says where a Mac goes; a build among them may be any word, such as lab, so
    that without a heading it counts alone or beside a site. Below a heading of computers' names
    one may be made of places.
    """
    if names.is_site(cell) if kind == ColumnKind.SITE else names.is_build(cell):
        return True
    if column.kind == ColumnKind.NAME and _JOINED.fullmatch(cell) and not names.is_known(cell):
        return False
    named = names.only_named_in(cell) if len(cell) <= LONGEST_CELL else None
    if named is None or kind == ColumnKind.SITE:
        return bool(named and named.sites)
    return bool(named.builds and (column.kind == kind or named.sites))


def _may_fit(column: Column, kind: str, names: Names) -> bool:
    """Return True if a column without a known name is one all the same: its names are asked."""
    if column.share(lambda cell: bool(_OS_BUILD.fullmatch(cell) or DATE.match(cell))) > 0:
        return False
    values = [*dict.fromkeys(column.cells)][:_MAX_COMPARED]
    if kind == ColumnKind.SITE:
        is_sure = column.plain not in _ANY_SITES
        return is_sure or any(names.is_site(names.as_site(value)) for value in values)
    if column.plain in _SURE_BUILDS:
        return True
    return any(nearest(value, names.builds) for value in values)


def _elsewhere(columns: Sequence[Column], names: Names) -> list[Column]:
    """The other columns of sites, where no heading says from where to where Macs go."""
    chosen = [column for column in columns if Role.SITE in column.roles]
    if not chosen or any(column.direction for column in chosen):
        return []
    is_told = any(c.kind == ColumnKind.SITE or names_places(c.heading) for c in chosen)
    rest = (
        c
        for c in columns
        if Role.SITE not in c.roles and (not (c.heading and is_told) or names_places(c.heading))
    )
    return [c for c in rest if not c.direction and 2 * c.share(names.is_site) >= 1]


def _named(columns: Sequence[Column]) -> list[Column]:
    """The columns of computers' names, not those of people's and models'."""
    headed = [column for column in columns if column.kind == ColumnKind.NAME and column.cells]
    usable = [column for column in headed if not _is_of_others(column)]
    if usable:
        return _plainest(usable)
    hosts = [
        c for c in columns if c.kind is None and c.cells and c.share(computer_names.is_host) == 1
    ]
    return [column for column in hosts if len({*column.cells}) == len(column.cells)]


def _is_of_others(column: Column) -> bool:
    repeats = len({*column.cells}) < len(column.cells)
    people = column.share(computer_names.is_person)
    are_same = repeats and len({*column.cells}) == 1
    are_words = all(cell.isalpha() and cell.istitle() for cell in column.cells)
    models = column.share(computer_names.is_model)
    is_any = column.plain in _ANY_NAMES and (repeats or people > 0 or are_words or 2 * models >= 1)
    return are_same or 2 * people >= 1 or is_any
