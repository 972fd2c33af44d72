"""Remarks about Macs in the other cells of their rows, which leave them out or raise a doubt."""

import re
from collections.abc import Iterator, Sequence

from provisioning.imports.parsing.entries import Rejected
from provisioning.imports.parsing.grids.column import DATE
from provisioning.imports.parsing.grids.columns import DONE, Columns
from provisioning.imports.parsing.grids.heads import STRANGE
from provisioning.imports.parsing.grids.roles import OF_OTHERS, Role
from provisioning.imports.parsing.prose import sections
from provisioning.imports.parsing.tokens.cells import cleaned
from provisioning.imports.parsing.tokens.labels import REPLACED
from provisioning.imports.parsing.tokens.machines import (
    VIRTUAL,
    WITH_MACS,
    machines_in,
    other_machine,
    reason_for,
)
from provisioning.imports.parsing.tokens.serial_shapes import is_apple, reject, serials_in
from provisioning.imports.parsing.vocabulary.headings import ColumnKind, says_gone
from provisioning.imports.parsing.vocabulary.words import known, pattern, whole

IN_NOTE = "it stands in another cell than the serials, such as a note"
VIRTUAL_MAC = "is a virtual Mac's"
MISHEADED = "stands below another heading than the serials"
COMMENTED = "is commented out"
_NO, _YES, _GONE = known("no"), known("yes"), known("gone", "absent")
_LEFT_OUT = _GONE | known("aside")  # below a heading of states
MAX_WORDS = 3  # of a note, or of its first clause, that is looked at for what became of a Mac
_CLAUSE_END = re.compile(r"[,.;:(](?:\s|$)|\s[-–—/(]")
# The marks in a column that ask about a Mac, and the doubt; in others they are of what is GONE.
_MARKS: dict[ColumnKind | None, tuple[frozenset[str], str]] = {
    ColumnKind.WANTED: (_NO, "is marked as not wanted in its row"),
    ColumnKind.READY: (_NO, "is marked as not ready in its row"),
    ColumnKind.DONE: (_YES, "is marked as done in its row"),
}
_GONE_ANYWHERE = known("gone")  # also below a heading that is not known
_GONE_FIRST = re.compile(whole(pattern("gone", "absent")))  # such as `lost in transit`
_GONE_IN = re.compile(rf"(?!.*\b(?:{pattern('not')})\b).*{whole(pattern('gone'))}")
_FOREIGN_SERIAL = re.compile(r"(?=.*\d)[A-Za-z0-9-]{8,30}")
_COMMENTED = re.compile(r"\s*(?:#|//|;|<!--)\s*[A-Za-z0-9]{10,12}(?![A-Za-z0-9])")


def of_others(columns: Columns, where: str, cells: list[str]) -> Iterator[Rejected]:
    """Yield the rejections of the serials of old Macs and of other machines in a row."""
    for column in columns.headed[ColumnKind.OLD]:
        if is_apple(old := cleaned(column.of(cells))):
            yield reject(old, where, REPLACED)
    for column in columns.headed[ColumnKind.FOREIGN]:
        if _FOREIGN_SERIAL.fullmatch(text := cleaned(column.of(cells))):
            kinds = [kind for _, kind in machines_in(column.heading) if kind]
            yield reject(text, where, reason_for(kinds[0] if kinds else "accessory"))


def in_notes(columns: Columns, where: str, cells: list[str]) -> Iterator[Rejected]:
    """Yield the rejections of what looks like serials in the other cells of a row with one."""
    read = {Role.SERIAL, Role.SPARE}
    passed = {c.number for c in columns.columns if c.kind in OF_OTHERS or c.roles & read}
    for number, cell in enumerate(cells):
        if number not in passed:
            yield from (reject(token.upper(), where, IN_NOTE) for token in serials_in(cell))


def decided(columns: Columns, cells: list[str]) -> Iterator[str]:
    """Yield the doubts that the decisions in a row raise, and those about virtual Macs."""
    for column in columns.having[Role.DECISION]:
        cell = column.of(cells).strip()
        is_state = column.kind == ColumnKind.STATUS
        gone = _LEFT_OUT if is_state else _GONE if column.kind else _GONE_ANYWHERE
        marks, doubt = _MARKS.get(column.kind, (gone, f"has the status {cell!r}"))
        said = cell.strip(" .!()").casefold()
        if is_state and says_gone(column.heading):
            marks, doubt = _YES, f"has the status {column.heading!r}"
        is_dated = marks is _YES and is_state and DATE.match(said)
        is_absent = marks is gone and column.kind and sections.ABSENT.fullmatch(said)
        is_absent = is_absent or (is_state and _GONE_FIRST.match(said))
        is_told = column.kind == ColumnKind.NOTE or (is_state and _GONE_IN.match(said))
        # A long note may be about anything, and a short one about an accessory.
        clause = _CLAUSE_END.split(said, maxsplit=1)[0]
        is_noted = is_told and sections.aside(clause) and len(clause.split()) <= MAX_WORDS
        is_noted = is_noted and "accessory" not in {kind for _, kind in machines_in(clause)}
        is_done = column.number in columns.partly_done and said in DONE
        if said in marks or is_dated or is_absent or is_done or is_noted:
            yield doubt
    devices = [column.of(cells) for column in columns.having[Role.DEVICE]]
    beside = {column.number: column.of(cells) for column in columns.having[Role.BESIDE]}
    for number, cell in beside.items():
        fine = {None} if number in columns.of_others else {None, *WITH_MACS}
        if cell and other_machine([*devices, cell]) not in fine:
            yield f"is listed as {cell!r}"
    if any(map(VIRTUAL.search, (*devices, *beside.values()))):
        yield VIRTUAL_MAC


def rivals(columns: Columns, count: int, cells: list[str]) -> str | None:
    """Return the doubt where headings and cells disagree, or where no heading tells two apart."""
    if columns.is_misheaded:
        return MISHEADED
    if count == 1 or columns.are_sure:
        return None
    used = columns.of(Role.SERIAL, Role.SITE, Role.BUILD)
    rest = [cell for number, cell in enumerate(cells) if number not in used]
    if columns.head.kind != STRANGE and not any(cell and not cell.isdigit() for cell in rest):
        return None
    return f"stands in one row with {count - 1} more that may be the serial"


def commented_serials(lines: Sequence[str], held: Sequence[int]) -> set[int]:
    """Return the numbers of those lines that hold serials, and are commented out as few are."""
    found = {number for number in held if _COMMENTED.match(lines[number])}
    if any(";" in lines[number].lstrip("; \t") for number in held):  # which parts their cells
        found = {number for number in found if not lines[number].lstrip().startswith(";")}
    return found if 2 * len(found) < len(held) else set()
