"""Outlines: tables in which the name of a place stands once, beside the first of its rows."""

from collections.abc import Sequence

from provisioning.imports.parsing.grids.sample import cell_at

FEWEST = 2  # names of an outline


def filled(
    rows: Sequence[tuple[str, list[str]]], serials: Sequence[int], places: Sequence[int]
) -> list[tuple[str, list[str]]]:
    """Return the rows with each name of an outline in the rows below it, too.

    `serials` and `places` are the numbers of columns. A column is an outline where no name stands
    in it twice, and most rows have none.
    """
    outlines = [number for number in places if _is_outline(rows, serials, number)]
    result, names = [], dict.fromkeys(outlines, "")
    for where, cells in rows:
        names = {number: cell_at(cells, number) or name for number, name in names.items()}
        has_serial = any(cell_at(cells, number) for number in serials)
        blank = [number for number in outlines if has_serial and not cell_at(cells, number)]
        width = max([len(cells), *(number + 1 for number in blank)])
        whole = [*cells, *[""] * (width - len(cells))]
        for number in blank:
            whole[number] = names[number]
        result.append((where, whole))
    return result


def _is_outline(rows: Sequence[tuple[str, list[str]]], serials: Sequence[int], number: int) -> bool:
    texts = [
        cell_at(cells, number)
        for _, cells in rows
        if any(cell_at(cells, serial) for serial in serials)
    ]
    names = [text for text in texts if text]
    return (
        bool(texts and texts[0])
        and len(set(names)) == len(names) >= FEWEST
        and 2 * len(names) <= len(texts)
    )
