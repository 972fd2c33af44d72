"""The columns of a table, with their roles, in a group for each Mac of a row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from provisioning.imports.parsing.grids import roles
from provisioning.imports.parsing.grids.blocks import Row, cell_at
from provisioning.imports.parsing.grids.column import Column, seen
from provisioning.imports.parsing.grids.heads import PLACES, STRANGE, Head
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.vocabulary.headings import (
    BUILD,
    DEVICE,
    FOREIGN,
    NAME,
    NOTE,
    OLD,
    OTHER,
    READY,
    SERIAL,
    SITE,
    STATUS,
    WANTED,
)


@dataclass(frozen=True, slots=True)
class Group:
    """The numbers of the columns of one Mac in a row, from 0."""

    serial: int
    site: int | None = None
    build: int | None = None
    note: int | None = None
    name: int | None = None
    above: str = ""  # the name of a site or a build above its serials


@dataclass(frozen=True)
class Columns:
    """The columns of a table below its head, and a group of them for each serial in a row."""

    head: Head
    columns: Sequence[Column]
    groups: tuple[Group, ...] = ()

    def of(self, *found: str) -> list[int]:
        """The numbers of the columns that have one of some roles for a group, in their order."""
        numbers = {getattr(group, role) for group in self.groups for role in found}
        return sorted(numbers - {None})

    def headed(self, *kinds: str) -> list[tuple[int, str]]:
        """The numbers and headings of the columns whose headings mean one of these kinds."""
        return [(column.number, column.heading) for column in self.columns if column.kind in kinds]

    @cached_property
    def olds(self) -> list[int]:
        """The columns with serials of Macs that others replace."""
        return [number for number, _ in self.headed(OLD)]

    @cached_property
    def foreign(self) -> list[tuple[int, str]]:
        """The columns with serials of other machines, and their headings."""
        return self.headed(FOREIGN)

    @cached_property
    def names(self) -> list[int]:
        """The columns of what machines are called, by people or by themselves."""
        return [number for number, _ in self.headed(NAME)]

    @cached_property
    def decisions(self) -> list[tuple[int, str]]:
        """The columns that say what is wanted, or what became of a Mac, and their kinds.

        A column of what is ready is one where it says so of some: all may wait to be set up.
        """
        kinds = (WANTED, STATUS, NOTE)
        return [
            (column.number, column.kind or "")
            for column in self.columns
            if column.kind in kinds or (column.kind == READY and column.marks)
        ]

    @cached_property
    def unread(self) -> frozenset[int]:
        """The columns of which no word is a serial of a Mac."""
        return frozenset(number for number, _ in self.headed(OTHER, OLD, FOREIGN))

    @cached_property
    def devices(self) -> list[int]:
        """The columns that may say what a machine is."""
        return [
            column.number
            for column in self.columns
            if column.kind in (DEVICE, None, BUILD)
            and not column.roles.intersection((SERIAL, SITE, BUILD))
        ]

    @cached_property
    def spare(self) -> list[int]:
        """The columns of what looks like serials too."""
        unlike = (OLD, OTHER, FOREIGN, STATUS, WANTED, NOTE)
        return [
            column.number
            for column in self.columns
            if SERIAL not in column.roles
            and column.cells
            and (column.kind == SERIAL or (column.kind not in unlike and column.has_serials))
        ]

    @cached_property
    def elsewhere(self) -> list[int]:
        """The other columns of sites, of which no heading says more."""
        return [column.number for column in self.columns if roles.ELSEWHERE in column.roles]

    @cached_property
    def marked(self) -> list[tuple[int, str]]:
        """The columns of marks, and the sites and builds above them."""
        return [(c.number, c.heading) for c in self.columns if roles.MARKED in c.roles]

    @cached_property
    def are_rivals(self) -> bool:
        """True where another column than that of the serials is headed so, and holds some."""
        return any(
            column.kind == SERIAL and column.serials and SERIAL not in column.roles
            for column in self.columns
        )

    @cached_property
    def are_hosts(self) -> bool:
        """True where names are of hosts, with their domain behind a dot."""
        return not any(NAME in c.roles and c.plain == "computername" for c in self.columns)

    @cached_property
    def is_misheaded(self) -> bool:
        """True where the headings of the serials and of other numbers are exchanged."""
        is_headed = any(column.kind == SERIAL and column.cells for column in self.columns)
        return is_headed and all(column.kind in (OTHER, NOTE) for column in self._serials)

    @cached_property
    def are_sure(self) -> bool:
        """True where all that stands in the groups' columns are serials.

        So it is for one column, for headed ones, for blocks of columns side by side, below names
        of places, and below headings that are alike or of all columns: `Bench A`, `Bench B`.
        """
        serials = self._serials
        if len(serials) == 1 or self.head.kind == PLACES:
            return True
        if all(c.kind == SERIAL for c in serials) or roles.are_blocks(serials, len(self.columns)):
            return True
        if self.head.kind != STRANGE:
            return False
        above = [cell_at(self.head.cells, column.number) for column in serials]
        are_alike = set.intersection(*({*text.casefold().split()} for text in above))
        return bool(are_alike) or len(serials) == len(self.columns)

    @property
    def _serials(self) -> list[Column]:
        return [column for column in self.columns if SERIAL in column.roles]


def find_columns(rows: Sequence[Row], names: Names) -> Columns:
    """Return the columns of a table, without groups where no cell looks like a serial."""
    head = Head.of(rows, names)
    columns = seen(rows[head.first :], head.cells if head.is_known else ())
    roles.give(columns, names, has_headings=head.is_known)
    groups = _titled(_groups(columns), head.titles if head.is_known else (), names)
    return Columns(head, columns if groups else [c for c in columns if c.kind == FOREIGN], groups)


def _groups(columns: Sequence[Column]) -> tuple[Group, ...]:
    """A group for each column of serials, with the columns that belong to it."""
    serials = [column for column in columns if SERIAL in column.roles]
    numbers = [column.number for column in serials]
    belonging = {
        role: _belonging(numbers, [column for column in columns if role in column.roles])
        for role in (SITE, BUILD, NOTE, NAME)
    }
    return tuple(
        Group(
            column.number,
            **{role: of_groups[at] for role, of_groups in belonging.items()},
            above=column.heading if column.kind is None else "",
        )
        for at, column in enumerate(serials)
    )


def _belonging(serials: Sequence[int], columns: Sequence[Column]) -> list[int | None]:
    """The column of a role that belongs to each column of serials.

    It is the only one; or where there is one before each, that one; or else the one behind it.
    """
    if len(serials) == 1 or len(columns) == 1:
        plainest = min(columns, key=lambda column: column.rank).number if columns else None
        return [plainest] * len(serials)
    numbers = [column.number for column in columns]
    edges = [*pairwise([-1, *serials]), *pairwise([*serials, 1 << 32])]
    within = [[n for n in numbers if start < n < end] for start, end in edges]
    before, behind = within[: len(serials)], within[len(serials) :]
    if all(len(found) == 1 for found in before):
        return [found[0] for found in before]
    return [found[0] if found else None for found in behind]


def _titled(groups: tuple[Group, ...], titles: Row, names: Names) -> tuple[Group, ...]:
    """The groups with the names above the headings, where each of several has one."""
    named = [cell for cell in titles if cell and names.is_known(cell)]
    if len(groups) <= 1 or len(named) != len(groups) or len(named) != sum(map(bool, titles)):
        return groups
    return tuple(replace(group, above=name) for group, name in zip(groups, named, strict=True))
