"""Remarks in the rows of a table about Macs, beside those in the columns that are read."""

import re
from collections.abc import Iterator

from provisioning.imports.parsing.entries import Rejected
from provisioning.imports.parsing.grids.columns import Columns
from provisioning.imports.parsing.grids.decisions import doubt_about
from provisioning.imports.parsing.grids.sample import cell_at, serials_in
from provisioning.imports.parsing.grids.spellings import BUILD, SERIAL, SITE
from provisioning.imports.parsing.serial_shapes import SHORTEST, is_apple, reject
from provisioning.imports.parsing.tokens.cells import cleaned
from provisioning.imports.parsing.tokens.machines import VIRTUAL, machines_in, reason_for

REPLACED = "it is the serial of the old Mac"
IN_NOTE = "it stands in another cell than the serials, such as a note"
VIRTUAL_MAC = "is a virtual Mac's"
_FOREIGN_SERIAL = re.compile(r"(?=.*\d)[A-Za-z0-9-]{8,30}")

MISHEADED = "stands below another heading than the serials"


def of_others(columns: Columns, where: str, cells: list[str]) -> Iterator[Rejected]:
    """Yield the rejections of the serials of old Macs and of other machines in a row."""
    for number in columns.olds:
        if is_apple(old := cleaned(cell_at(cells, number))):
            yield reject(old, where, REPLACED)
    for number, heading in columns.foreign:
        if _FOREIGN_SERIAL.fullmatch(text := cleaned(cell_at(cells, number))):
            kinds = [kind for _, kind in machines_in(heading) if kind]
            yield reject(text, where, reason_for(kinds[0] if kinds else "accessory"))


def in_notes(columns: Columns, where: str, cells: list[str]) -> Iterator[Rejected]:
    """Yield the rejections of what looks like serials in the other cells of a row with one."""
    read = {*columns.of(SERIAL), *columns.spare}
    for number, cell in enumerate(cells):
        if len(cell) < SHORTEST or number in read or number in columns.unread:
            continue
        for token in serials_in(cell):
            if not any(token in cell_at(cells, n) for n in read):
                yield reject(token.upper(), where, IN_NOTE)


def decided(columns: Columns, cells: list[str]) -> Iterator[str | None]:
    """Yield the doubts that the decisions in a row raise, and those about virtual Macs."""
    for number, kind in columns.decisions:
        yield doubt_about(kind, cell_at(cells, number))
    if any(VIRTUAL.search(cell_at(cells, number)) for number in columns.devices):
        yield VIRTUAL_MAC


def rivals(columns: Columns, count: int, cells: list[str]) -> str | None:
    """Return the doubt where headings and cells disagree, or where no heading tells two apart."""
    if columns.is_misheaded:
        return MISHEADED
    if count == 1 or columns.are_sure:
        return None
    used = {*columns.of(SERIAL), *columns.of(SITE), *columns.of(BUILD)}
    rest = [cell for number, cell in enumerate(cells) if number not in used]
    if columns.strange is None and not any(cell and not cell.isdigit() for cell in rest):
        return None
    return f"stands in one row with {count - 1} more that may be the serial"
