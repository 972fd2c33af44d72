"""The columns of a table, with their roles, in a group for each Mac of a row."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from provisioning.imports.parsing.grids.blocks import Row, cell_at
from provisioning.imports.parsing.grids.column import Column, seen
from provisioning.imports.parsing.grids.heads import PLACES, STRANGE, Head, unnumbered
from provisioning.imports.parsing.grids.roles import Role, are_blocks, give
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.tokens import computer_names, machines
from provisioning.imports.parsing.vocabulary.headings import ColumnKind, meaning, plain
from provisioning.imports.parsing.vocabulary.words import known

DONE = known("done")  # what a state says of a Mac that was set up
_EXTRAS = {plain(word) for word in known("extras")}


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

    def of(self, *found: Role) -> list[int]:
        """The numbers of the columns that have one of some roles for a group, in their order."""
        numbers = {getattr(group, role) for group in self.groups for role in found}
        return sorted(numbers - {None})

    @cached_property
    def headed(self) -> Mapping[ColumnKind, Sequence[Column]]:
        """The columns by the kinds that their headings mean."""
        return {
            kind: [column for column in self.columns if column.kind == kind] for kind in ColumnKind
        }

    @cached_property
    def having(self) -> Mapping[Role, Sequence[Column]]:
        """The columns by their roles."""
        return {role: [column for column in self.columns if role in column.roles] for role in Role}

    @cached_property
    def are_rivals(self) -> bool:
        """True where another column than that of the serials is headed so, and holds some."""
        return any(c.serials and Role.SERIAL not in c.roles for c in self.headed[ColumnKind.SERIAL])

    @cached_property
    def are_successors(self) -> bool:
        """True where the serials are headed as those of new Macs, and the rivals are not."""
        return self.are_rivals and all(c.direction > 0 for c in self.having[Role.SERIAL])

    @cached_property
    def partly_done(self) -> Set[int]:
        """The columns of states, by number, that say of some Macs, not of all, that one is done."""
        states = self.headed[ColumnKind.STATUS]
        macs = max((column.serials for column in self.having[Role.SERIAL]), default=0)
        done = {each.number: sum(cell.casefold() in DONE for cell in each.cells) for each in states}
        return {number for number, count in done.items() if 0 < count < macs}

    @cached_property
    def of_others(self) -> Set[int]:
        """The columns, by number, of which each cell begins with another machine, maybe its row's.

        Else such machines are what comes with a Mac, as in `needs adapter`, and so they are below
        headings such as *Accessories*.
        """
        macs = max(len(column.cells) for column in self.having[Role.SERIAL])
        return {
            column.number
            for column in self.having[Role.BESIDE]
            if len(column.cells) >= macs
            and column.plain not in _EXTRAS
            and all(map(machines.is_other, column.cells))
        }

    @cached_property
    def are_hosts(self) -> bool:
        """True where names are of hosts, with their domain behind a dot."""
        return not any(column.plain == "computername" for column in self.having[Role.NAME])

    @cached_property
    def are_counted(self) -> bool:
        """True where names count models: iMac-1, iMac-2."""
        names = (cell for column in self.having[Role.NAME] for cell in column.cells)
        return any(map(computer_names.is_first, names))

    @cached_property
    def is_misheaded(self) -> bool:
        """True where the headings of the serials and of other numbers are exchanged."""
        is_headed = any(column.cells for column in self.headed[ColumnKind.SERIAL])
        others = (ColumnKind.OTHER, ColumnKind.NOTE)
        return is_headed and all(column.kind in others for column in self.having[Role.SERIAL])

    @cached_property
    def are_sure(self) -> bool:
        """True where all that stands in the groups' columns are serials.

        So it is for one column, for headed ones, for blocks of columns side by side, below names
        of places, and below headings that are alike or of all columns: `Mac 1`, `Mac 2`.
        """
        serials, width = self.having[Role.SERIAL], len(self.columns)
        if len(serials) == 1 or self.head.kind == PLACES:
            return True
        kinds = {meaning(unnumbered(column.heading)) for column in serials}
        if kinds == {ColumnKind.SERIAL} or are_blocks(serials, width):
            return True
        headings = {column.heading for column in serials}
        stems = {unnumbered(heading) for heading in headings}
        if len(stems) == 1 and not stems & headings:  # all have a number
            return True
        above = [cell_at(self.head.cells, column.number) for column in serials]
        are_alike = set.intersection(*({*text.casefold().split()} for text in above))
        return self.head.kind == STRANGE and bool(are_alike or len(serials) == width)


def find_columns(rows: Sequence[Row], names: Names) -> Columns:
    """Return the columns of a table, without groups where no cell looks like a serial."""
    head = Head.of(rows, names)
    columns = seen(rows[head.first :], head.cells if head.is_known else ())
    give(columns, names, has_headings=head.is_known)
    groups = _groups(columns)
    titles = [cell for cell in head.titles if cell] if head.is_known else []
    if len(groups) == len(titles) > 1 and all(map(names.is_known, titles)):  # one above each
        both = zip(groups, titles, strict=True)
        groups = tuple(replace(group, above=name) for group, name in both)
    return Columns(head, columns, groups)


def _groups(columns: Sequence[Column]) -> tuple[Group, ...]:
    """A group for each column of serials, with the columns that belong to it."""
    serials = [column for column in columns if Role.SERIAL in column.roles]
    numbers = [column.number for column in serials]
    belonging = {
        role: _belonging(numbers, [column for column in columns if role in column.roles])
        for role in (Role.SITE, Role.BUILD, Role.NOTE, Role.NAME)
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
