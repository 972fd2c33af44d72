"""Approvals of dry runs: the ready Macs of an import are registered in one operation."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from infrastructure.database.statements.bulk import is_among
from infrastructure.database.statements.dialects import take_turns
from infrastructure.errors import Conflict
from provisioning.imports import dry_run, lifecycle, summary
from provisioning.imports.dry_run import DryRun, DryRunRow
from provisioning.imports.models import REGISTERED, Import, Summary
from provisioning.munki import Destination
from provisioning.registrations import changes
from provisioning.registrations import register as registrations
from provisioning.registrations.listings import export
from provisioning.registrations.models import Operation, Registration
from provisioning.registrations.names import naming


class NothingLeft(Conflict):
    """A dry run without a Mac that can be registered."""

    def __init__(self) -> None:
        super().__init__("Nothing in that dry run can be registered as it is.")


@dataclass(frozen=True, slots=True)
class AppliedRows:
    """The numbers of new and of moved Macs, and the keys of those that others have registered."""

    new: int
    moved: int
    conflicts: Collection[str]


@dataclass(frozen=True, slots=True)
class RegisteredRows:
    """The result of an approval: the numbers of new and of moved Macs, and the conflicts.

    `meanwhile` holds rows that were ready when they were shown, and are no longer.
    """

    new: int
    moved: int
    meanwhile: Sequence[DryRunRow]


def register(
    session: Session,
    imported: Import,
    dry: DryRun,
    rendered: Summary,
    *,
    including: Sequence[str] = (),
    operation: Operation,
    channel_of: Callable[[str], str],
) -> RegisteredRows:
    """Register the ready rows of `dry`, which is the present dry run of a locked import.

    `rendered` is its summary; `including` names more kinds of rows to register. There is one card
    for each site and build; `channel_of` returns the channel for a site. Raises NothingLeft.
    """
    rows = chosen(dry, including)
    done = apply(session, rows, note=imported.note, operation=operation, channel_of=channel_of)
    meanwhile = _meanwhile(imported, dry, done.conflicts)
    imported.state, imported.act_id = REGISTERED, operation.id
    imported.settled_by, imported.settled_at = operation.by, operation.at
    remaining = summary.left(rendered, *_done(including))
    imported.shown = {
        **rendered,
        "outcome": {"new": done.new, "moved": done.moved, "left": remaining},
    }
    lifecycle.refresh_card(session, imported, at=operation.at)
    return RegisteredRows(done.new, done.moved, meanwhile)


def apply(
    session: Session,
    rows: Sequence[DryRunRow],
    *,
    note: str,
    operation: Operation,
    channel_of: Callable[[str], str],
) -> AppliedRows:
    """Register and move the Macs of chosen rows; returns their numbers. Raises NothingLeft."""
    take_turns(session, "imports")  # two with the same Macs could deadlock
    moving = {row.entry.serial.key: _to(row) for row in rows if row.is_registered}
    moved = _move(session, moving, operation)
    new, conflicts = _register_new(session, note, rows, operation, channel_of)
    names = {row.entry.serial.key: row.called for row in rows if row.called}
    naming.assign_all(session, names, operation=operation)
    if not new and not moved:
        raise NothingLeft
    return AppliedRows(new, moved, conflicts)


def register_ready(
    session: Session,
    imported: Import,
    dry: DryRun,
    *,
    operation: Operation,
    channel_of: Callable[[str], str],
) -> RegisteredRows:
    """Register the ready rows of `dry`, and settle the import even where there are none."""
    if chosen(dry, ()):
        rendered = summary.of(dry)
        return register(
            session, imported, dry, rendered, operation=operation, channel_of=channel_of
        )
    lifecycle.settle(session, imported, dry, by=operation.by, at=operation.at)
    return RegisteredRows(0, 0, ())


def chosen(dry: DryRun, including: Sequence[str]) -> list[DryRunRow]:
    """Return the rows that an approval with these kinds registers."""
    return [row for row in dry.of(*_done(including)) if row.destination is not None]


def sites_of(dry: DryRun, including: Sequence[str]) -> set[str]:
    """Return all sites to which an approval moves Macs, or from which it takes them."""
    return {site for row in chosen(dry, including) for site in row.sites}


def _move(session: Session, moving: Mapping[str, Destination], operation: Operation) -> int:
    """Move registered Macs, by the keys of their serials. Returns their number."""
    if not moving:
        return 0
    condition = is_among(session, sorted(moving), Registration.serial)
    macs = changes.lock(session, condition & Registration.closed_at.is_(None))
    return len(changes.move_each(session, macs, moving, operation))


def _done(including: Sequence[str]) -> tuple[str, ...]:
    return (*dry_run.READY, *including)


def _to(row: DryRunRow) -> Destination:
    assert row.destination is not None  # noqa: S101 - `chosen` sees to it
    return row.destination


def _register_new(
    session: Session,
    note: str,
    wanted: Sequence[DryRunRow],
    operation: Operation,
    channel_of: Callable[[str], str],
) -> tuple[int, set[str]]:
    """Returns the number of new registrations, and the keys that others registered just now."""
    groups: dict[Destination, list[DryRunRow]] = {}
    for row in wanted:
        if not row.is_registered:
            groups.setdefault(_to(row), []).append(row)
    new, conflicts = 0, set[str]()
    for destination, rows in groups.items():
        batch = registrations.register(
            session,
            [row.entry.serial for row in rows],
            destination,
            operation=operation,
            channel=channel_of(destination.site),
            note=_note(note, rows),
        )
        if batch.card is not None:
            export.enqueue_where_long(session, batch.card, at=operation.at)
        new += batch.registered
        conflicts |= {mac.serial for mac in batch.already}
    return new, conflicts


def _note(note: str, rows: Sequence[DryRunRow]) -> str:
    notes = dict.fromkeys([note, *(row.entry.note for row in rows)])
    return "; ".join(filter(None, notes))[: lifecycle.LONGEST_NOTE]


def _meanwhile(imported: Import, dry: DryRun, conflicts: Collection[str]) -> list[DryRunRow]:
    ready_before = set((imported.shown or {}).get("ready", ()))
    return [
        row
        for row in dry.rows
        if row.entry.serial.key in conflicts
        or (row.entry.serial.key in ready_before and row.kind not in dry_run.READY)
    ]
