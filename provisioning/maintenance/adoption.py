"""Adoption: the Macs of an existing Munki repo become registrations, a page at a time.

They are confirmed without a moment of confirmation: their manifests existed before, and no first
boot was seen. The next run goes on with one that was killed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import JSON, Integer, Text, exists, func, select, true
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from infrastructure.database.statements.bulk import is_among, rows_as_table
from infrastructure.database.statements.dialects import upsert
from infrastructure.text import counted
from provisioning.firstboot import unknown
from provisioning.maintenance import layout_change
from provisioning.maintenance.layout_change.renames import RENAMED, UNDONE, VIA
from provisioning.munki.layout import Include, Layout, kept
from provisioning.munki.layout.finder.existing import ExistingMac
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.outbox import outbox
from provisioning.outbox.models import Notification
from provisioning.registrations import changes, history, operations
from provisioning.registrations.models import (
    ADOPTED,
    CONFIRMED,
    IS_OPEN,
    Event,
    Operation,
    Registration,
)

PAGE = 2000  # Macs in one transaction; Macs that boot wait for its end
_COLUMNS: Mapping[str, TypeEngine[Any]] = {
    **dict.fromkeys(("serial", "reported_as", "site", "build", "channel"), Text()),
    **dict.fromkeys(("state", "registered_by", "layout"), Text()),
    "revision": Integer(),
    **dict.fromkeys(("created_at", "changed_at"), Registration.__table__.c.created_at.type),
    "includes": JSON(),
}


def registered_among(session: Session, macs: Sequence[ExistingMac]) -> set[str]:
    """Return the keys of those Macs that have an open registration; PAGE Macs at most."""
    condition = is_among(session, [mac.serial.key for mac in macs], Registration.serial)
    return set(session.scalars(select(Registration.serial).where(condition, IS_OPEN)))


def unfinished(session: Session) -> Operation | None:
    """Return the adoption that was interrupted; None where there is none."""
    operation = _newest(session)
    is_told = operation is not None and session.scalar(
        select(exists().where(Notification.once == _once(operation)))
    )
    return None if is_told else operation


def begin(session: Session, at: datetime) -> int:
    """Return the id of the operation for `bring_in`: an unfinished one, or a new one."""
    operation = unfinished(session)
    if operation is None:
        operation = operations.begin(session, ADOPTED, by="", via=VIA, at=at)
    return operation.id


def bring_in(
    session: Session,
    operation_id: int,
    macs: Sequence[ExistingMac],
    layout: Layout,
    channel_of: Callable[[str], str],
) -> int:
    """Register at most PAGE Macs, as they are in a repo of this layout.

    Registered Macs stay as they are. `channel_of` returns the channel of a site. Returns
    the number of new registrations. Safe to repeat.
    """
    operation = session.get_one(Operation, operation_id)
    written = cache(lambda *found: _written(layout, *found).to_json())
    shared = {"state": CONFIRMED, "registered_by": ADOPTED, "revision": 1}
    shared |= {"created_at": operation.at, "changed_at": operation.at}
    shared["layout"] = kept.keep(session, layout, operation.at)
    rows = [
        {
            **shared,
            "serial": mac.serial.key,
            "reported_as": mac.serial.text,
            "site": mac.manifest.site,
            "build": mac.manifest.build,
            "channel": channel_of(mac.manifest.site),
            "includes": written(mac.manifest.before, mac.catalogs),
        }
        for mac in sorted(macs, key=lambda mac: mac.serial.key)  # in one order, or two deadlock
    ]
    given = rows_as_table(session, rows, _COLUMNS)
    statement = (
        upsert(session, Registration)
        .from_select(list(_COLUMNS), select(given).where(true()), include_defaults=False)
        .on_conflict_do_nothing(index_elements=["serial"], index_where=IS_OPEN)
        .returning(Registration.id, Registration.site, Registration.build)
    )
    new = session.execute(statement).all()
    _record(session, operation, [_event(layout, *row) for row in new])
    unknown.settle_known(session, operation.at)
    return len(new)


def finish(session: Session, operation_id: int, *, channel: str, at: datetime) -> int:
    """Enqueue the one message about an adoption; returns the number of its registrations."""
    operation = session.get_one(Operation, operation_id)
    adopted = select(func.count()).select_from(Event).where(Event.act_id == operation_id)
    number = session.scalar(adopted) or 0
    sentence = counted(
        "{number:,} Mac of the Munki repo is registered now, as confirmed, with the manifests that "
        "were there. No manifest was changed.",
        "{number:,} Macs of the Munki repo are registered now, as confirmed, with the manifests "
        "that were there. No manifest was changed.",
        number,
    )
    if number:
        outbox.enqueue_news(
            session, channel=channel, sentence=sentence, at=at, dedup_key=_once(operation)
        )
    return number


@dataclass(frozen=True, slots=True)
class Undo:
    """An adoption that is being undone, by the operation `undoing`; both are ids."""

    adoption: int
    undoing: int


@dataclass(frozen=True, slots=True)
class UndonePage:
    """A page of an undo: the number of closed registrations, and the serials of those that stay.

    These have changed since. `last` is the event from which the next page goes on.
    """

    number: int
    left: Sequence[str]
    last: int


def is_last(session: Session) -> bool:
    """Return True if the last operation of the command line that is not undone is an adoption."""
    done = select(Operation.what).where(
        Operation.what.in_((ADOPTED, RENAMED)), Operation.undone_at.is_(None)
    )
    return session.scalars(done.order_by(Operation.id.desc()).limit(1)).first() == ADOPTED


def begin_undo(session: Session, at: datetime) -> Undo:
    """Begin to undo the last adoption, however long ago it was. Raises NoRenameToUndo."""
    operation = _newest(session)
    if operation is None:
        raise layout_change.NoRenameToUndo
    undoing = operations.begin(session, UNDONE, by="", via=VIA, at=at)
    return Undo(operation.id, undoing.id)


def undo_page(session: Session, undo: Undo, after: int = 0, page: int = PAGE) -> UndonePage | None:
    """Close the registrations of the next page that did not change since; None after the last."""
    adopted = (Event.act_id == undo.adoption) & (Event.what == ADOPTED) & (Event.id > after)
    rows = select(Event.id, Event.registration_id).where(adopted).order_by(Event.id).limit(page)
    by_event = dict(session.execute(rows).all())
    if not by_event:
        return None
    ids = list(by_event.values())
    macs = changes.lock(session, Registration.id.in_(ids) & IS_OPEN)
    since = select(Event.registration_id).where(
        Event.registration_id.in_(ids), Event.what.not_in((ADOPTED, RENAMED, UNDONE))
    )
    gone_on = set(session.scalars(since))
    stay = [mac for mac in macs if mac.id not in gone_on]
    undoing = session.get_one(Operation, undo.undoing)
    changes.apply(session, stay, changes.restore(dict.fromkeys(ids)), undoing)
    left = [mac.name for mac in macs if mac.id in gone_on]
    return UndonePage(len(stay), left, max(by_event))


def finish_undo(session: Session, undo: Undo, *, number: int, channel: str, at: datetime) -> None:
    """Mark an adoption as undone, and enqueue the message about it."""
    operation = session.get_one(Operation, undo.adoption)
    operation.undone_at, operation.undone_by = at, ""
    sentence = counted(
        "The adoption of {number:,} Mac of the Munki repo was taken back.",
        "The adoption of {number:,} Macs of the Munki repo was taken back.",
        number,
    )
    outbox.enqueue_news(session, channel=channel, sentence=sentence, at=at)


def _newest(session: Session) -> Operation | None:
    adoptions = select(Operation).where(Operation.what == ADOPTED, Operation.undone_at.is_(None))
    return session.scalars(adoptions.order_by(Operation.id.desc()).limit(1)).first()


def _once(operation: Operation) -> str:
    return f"adopted {operation.id}"


def _written(layout: Layout, includes: Sequence[str], catalogs: tuple[str, ...]) -> WrittenIncludes:
    """The includes that a first boot may replace, as if Rollcall had written them."""
    kinds = ((layout.kind_of(path), path) for path in includes)
    ours = tuple(Include(kind, path) for kind, path in kinds if kind)
    return WrittenIncludes(ours, catalogs=catalogs)


def _event(layout: Layout, registration_id: int, site: str, build: str) -> dict[str, Any]:
    after = {"site": site, "build": build, "state": CONFIRMED, "confirmed_at": None}
    return {"id": registration_id, "before": None, "after": {**after, "layout": layout.digest}}


def _record(session: Session, operation: Operation, events: Sequence[dict[str, Any]]) -> None:
    types: Mapping[str, TypeEngine[Any]] = {"id": Integer(), "before": JSON(), "after": JSON()}
    history.record_many(session, rows_as_table(session, events, types), operation, ADOPTED)
