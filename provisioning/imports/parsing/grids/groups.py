"""Groups of columns, one for each Mac in a row, and the blocks of columns that they stand in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from provisioning.imports.parsing.grids.headings import rank
from provisioning.imports.parsing.grids.sample import Column
from provisioning.imports.parsing.names import Names

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Group:
    """The numbers of the columns of one Mac in a row, from 0."""

    serial: int
    site: int | None = None
    build: int | None = None
    note: int | None = None
    name: int | None = None
    above: str = ""  # the name of a site or a build above its serials


def titled(groups: tuple[Group, ...], titles: Row, names: Names) -> tuple[Group, ...]:
    """Return the groups with the names above the headings, where each of several has one."""
    named = [cell for cell in titles if cell and names.is_known(cell)]
    if len(groups) <= 1 or len(named) != len(groups) or len(named) != sum(map(bool, titles)):
        return groups
    return tuple(replace(group, above=name) for group, name in zip(groups, named, strict=True))


def are_blocks(serials: Sequence[Column], width: int) -> bool:
    """Tell if blocks of as many columns stand side by side, each with one of serials."""
    steps = {second.number - first.number for first, second in pairwise(serials)}
    step = min(steps)
    return len(steps) == 1 and step > 1 and len(serials) * step == width


def groups_of(serials: Sequence[Column], found: dict[str, list[Column]]) -> tuple[Group, ...]:
    """Return a group for each column of serials, with the columns of each kind that are `found`."""
    numbers = [column.number for column in serials]
    belonging = {kind: _belonging(numbers, columns) for kind, columns in found.items()}
    return tuple(
        Group(
            column.number,
            **{kind: of_groups[at] for kind, of_groups in belonging.items()},
            above=column.heading if column.kind is None else "",
        )
        for at, column in enumerate(serials)
    )


def _belonging(serials: Sequence[int], columns: Sequence[Column]) -> list[int | None]:
    """The column of a kind that belongs to each column of serials.

    It is the only one; or where there is one before each, that one; or else the one behind it.
    """
    if len(serials) == 1 or len(columns) == 1:
        nearest = min(columns, key=lambda c: rank(c.heading)).number if columns else None
        return [nearest] * len(serials)
    numbers = sorted(column.number for column in columns)
    ends = [*serials[1:], None]
    starts = [-1, *serials[:-1]]
    before = [[n for n in numbers if s < n < e] for s, e in zip(starts, serials, strict=True)]
    if all(len(found) == 1 for found in before):
        return [found[0] for found in before]
    behind = (
        [n for n in numbers if n > s and (e is None or n < e)]
        for s, e in zip(serials, ends, strict=True)
    )
    return [found[0] if found else None for found in behind]
