"""Approvals: a person says yes to a dry run, and all of it is registered in one operation, once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from infrastructure.database.bulk import is_among
from infrastructure.errors import RollcallError
from provisioning.imports import batches, dry_run, summary
from provisioning.imports.dry_run import DryRun, Row
from provisioning.imports.models import REGISTERED, Import
from provisioning.munki import Destination
from provisioning.registrations import changes, export, naming
from provisioning.registrations import register as registrations
from provisioning.registrations.models import Operation, Registration


class NothingLeft(RollcallError):
    """A dry run of which nothing can be registered any more."""

    def __init__(self) -> None:
        super().__init__("Nothing in that dry run can be registered as it is.")


@dataclass(frozen=True, slots=True)
class Registered:
    """The outcome of a yes: how many Macs are new, how many were moved, and what changed meanwhile.

    `meanwhile` holds rows that were ready when they were shown, and are not any more.
    """

    new: int
    moved: int
    meanwhile: Sequence[Row]


def register(
    session: Session,
    imported: Import,
    dry: DryRun,
    *,
    including: Sequence[str] = (),
    act: Operation,
    channel_of: Callable[[str], str],
) -> Registered:
    """Register what is ready in `dry`, the dry run of this moment of an opened import.

    `including` names other kinds that are registered too. One card for each site and build.
    Raises NothingLeft.
    """
    wanted = chosen(dry, including)
    _take_turns(session)
    moving = {row.entry.serial.key: _to(row) for row in wanted if row.is_registered}
    moved = _move(session, moving, act)
    new, overtaken = _register_new(session, imported, wanted, act, channel_of)
    naming.call_all(session, _names(wanted), operation=act)
    if not new and not moved:
        raise NothingLeft
    meanwhile = _meanwhile(imported, dry, overtaken)
    imported.state, imported.act_id, imported.settled_by, imported.settled_at = (
        REGISTERED,
        act.id,
        act.by,
        act.at,
    )
    shown = summary.of(dry)
    left = {kind: n for kind, n in shown["counts"].items() if kind not in _done(including)}
    imported.shown = {**shown, "outcome": {"new": new, "moved": moved, "left": left}}
    batches.refresh_card(session, imported, at=act.at)
    return Registered(new, moved, meanwhile)


def register_ready(
    session: Session,
    imported: Import,
    dry: DryRun,
    *,
    act: Operation,
    channel_of: Callable[[str], str],
) -> Registered:
    """Register what is ready in `dry`, and settle the import also where that is nothing."""
    if chosen(dry, ()):
        return register(session, imported, dry, act=act, channel_of=channel_of)
    batches.settle(session, imported, dry, by=act.by, at=act.at)
    return Registered(0, 0, ())


def chosen(dry: DryRun, including: Sequence[str]) -> list[Row]:
    """The rows of a dry run that are registered by somebody who includes these kinds."""
    return [row for row in dry.of(*_done(including)) if row.destination is not None]


def sites_of(dry: DryRun, including: Sequence[str]) -> set[str]:
    """Return every site that registering these would change something at."""
    rows = chosen(dry, including)
    now = {row.standing.site for row in rows if row.standing and row.is_registered}
    return now | {_to(row).site for row in rows}


def _move(session: Session, moving: Mapping[str, Destination], act: Operation) -> int:
    """Send registered Macs, by the keys of their serials, somewhere else; returns how many."""
    if not moving:
        return 0
    condition = is_among(session, sorted(moving), Registration.serial)
    macs = changes.lock(session, condition & Registration.closed_at.is_(None))
    return len(changes.apply(session, macs, changes.move_each(moving), act, "moved"))


def _done(including: Sequence[str]) -> tuple[str, ...]:
    return (*dry_run.READY, *including)


def _to(row: Row) -> Destination:
    assert row.destination is not None  # noqa: S101 - `chosen` sees to it
    return row.destination


def _register_new(
    session: Session,
    imported: Import,
    wanted: Sequence[Row],
    act: Operation,
    channel_of: Callable[[str], str],
) -> tuple[int, set[str]]:
    """Returns how many were registered, and the keys that somebody else registered just now."""
    groups: dict[Destination, list[Row]] = {}
    for row in wanted:
        if not row.is_registered:
            groups.setdefault(_to(row), []).append(row)
    new, overtaken = 0, set[str]()
    for to, rows in groups.items():
        batch = registrations.register(
            session,
            [row.entry.serial for row in rows],
            to,
            operation=act,
            channel=channel_of(to.site),
            note=_note(imported, rows),
        )
        if batch.card is not None:
            export.enqueue_where_long(session, batch.card, at=act.at)
        new += batch.registered
        overtaken |= {mac.serial for mac in batch.already}
    return new, overtaken


def _names(wanted: Sequence[Row]) -> dict[str, str]:
    return {row.entry.serial.key: row.called for row in wanted if row.called}


def _note(imported: Import, rows: Sequence[Row]) -> str:
    said = dict.fromkeys([imported.note, *(row.entry.note for row in rows)])
    return "; ".join(filter(None, said))[: batches.LONGEST_NOTE]


def _meanwhile(imported: Import, dry: DryRun, overtaken: set[str]) -> list[Row]:
    before = set((imported.shown or {}).get("ready", ()))
    return [
        row
        for row in dry.rows
        if row.entry.serial.key in overtaken
        or (row.entry.serial.key in before and row.kind not in dry_run.READY)
    ]


def _take_turns(session: Session) -> None:
    """Two imports that hold some of each other's Macs would wait for each other for ever."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('imports'))"))
