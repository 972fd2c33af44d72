"""Outlines: names of places that stand once, beside the first of the rows for which they hold."""

from collections.abc import Iterator, Sequence

from provisioning.imports.parsing.entries import FROM_ABOVE
from provisioning.imports.parsing.grids.blocks import Placed, cell_at
from provisioning.imports.parsing.grids.column import is_blank
from provisioning.imports.parsing.grids.columns import Columns
from provisioning.imports.parsing.grids.roles import Role
from provisioning.imports.parsing.vocabulary.words import known

FEWEST = 2  # names of an outline
_SAME = known("same")


def filled(rows: Sequence[Placed], columns: Columns) -> Iterator[tuple[str, list[str], str | None]]:
    """Yield the rows with each name of an outline in the rows below it, too, which is a doubt.

    A column of sites or builds is an outline where it stands before the serials, no name stands in
    it twice, and most rows have none. A name that begins anew ends those of the columns behind it.
    Builds are no outline beside sites that are none: there, each holds for its row only. A word or
    a sign for the same is the name above it in any such column.
    """
    outlines, places = _outlines(rows, columns), columns.of(Role.SITE, Role.BUILD)
    serials, names = columns.of(Role.SERIAL), dict.fromkeys(places, "")
    for where, cells in rows:
        said = {number: cell_at(cells, number) for number in places}
        same = [number for number in places if said[number].casefold() in _SAME]
        for number in outlines:
            if said[number] and number not in same:
                names |= {other: "" for other in outlines if other > number}
        names |= {n: "" if is_blank(s) else s for n, s in said.items() if s and n not in same}
        blank = [*same, *(number for number in outlines if not said[number])]
        if not any(cell_at(cells, number) for number in serials):
            blank = []
        whole = [*cells, *[""] * (max(blank, default=0) + 1 - len(cells))]
        for number in blank:
            whole[number] = names[number]
        yield where, whole, FROM_ABOVE if any(names[number] for number in blank) else None


def _outlines(rows: Sequence[Placed], columns: Columns) -> list[int]:
    """The numbers of the columns that are outlines, in their order."""
    sites, serials = columns.of(Role.SITE), columns.of(Role.SERIAL)
    before = [
        number for number in columns.of(Role.SITE, Role.BUILD) if number < min(serials, default=0)
    ]
    outlines = [number for number in before if _is_outline(rows, serials, number)]
    if not {*sites} <= {*outlines}:
        outlines = [number for number in outlines if number in sites]
    return outlines


def _is_outline(rows: Sequence[Placed], serials: Sequence[int], number: int) -> bool:
    held = [cells for _, cells in rows if any(cell_at(cells, serial) for serial in serials)]
    texts = [cell_at(cells, number) for cells in held]
    names = [text for text in texts if not is_blank(text)]
    is_sparse = len({*names}) == len(names) >= FEWEST and 2 * len(names) <= len(texts)
    return is_sparse and bool(texts[0])
