"""The history of registrations: the only module that writes events, and queries for them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, bindparam, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from infrastructure.database.statements.bulk import is_among_given, listed
from infrastructure.database.statements.compiled import CompiledStatement
from provisioning.munki.errors import LayoutLost
from provisioning.munki.layout import kept
from provisioning.munki.models import Revision
from provisioning.outbox.models import Card
from provisioning.registrations import queries, similar
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.models import BENCHED, Event, Mac, Operation, Registration
from provisioning.values.serials import Serial

KEPT_COLUMNS = ("site", "build", "state", "confirmed_at")  # columns that every event keeps
TAKEN = ("registered_by", "channel", "card_id")  # columns of a Mac that a person takes over
MAX_EVENTS = 100  # events of one Mac
MAX_DELAY = timedelta(minutes=1)  # longer than a transaction takes
# A sum, so that no index gives this order: walking down the index of all events takes long for a
# Mac with few events.
_LATEST = (Event.id + 0).desc()


def following(session: Session, last: int, limit: int, now: datetime) -> tuple[list[int], bool]:
    """Return the ids of the events behind `last`, oldest first, and whether there are more now.

    On PostgreSQL a transaction may commit a lower id after a higher one. So events behind a
    missing id are withheld until they are MAX_DELAY old, and no caller misses one.
    """
    rows = session.execute(
        select(Event.id, Event.at).where(Event.id > last).order_by(Event.id).limit(limit + 1)
    ).all()
    found: list[int] = []
    for number, at in rows[:limit]:
        if number != (found[-1] if found else last) + 1 and at > now - MAX_DELAY:
            return found, False
        found.append(number)
    return found, len(rows) > limit


def latest(session: Session, now: datetime) -> int:
    """Return the id of the newest event before which none can be missing; 0 without one."""
    settled = select(Event.id).where(Event.at <= now - MAX_DELAY).order_by(Event.id.desc()).limit(1)
    return session.scalar(settled) or 0


def snapshot(mac: Registration | Mac, *columns: str) -> dict[str, Any]:
    """Return a registration's KEPT_COLUMNS and other `columns`, as an event keeps them: JSON."""
    return {name: plain(getattr(mac, name)) for name in (*KEPT_COLUMNS, *columns)}


def plain(value: object) -> object:
    """Return the value of a column as JSON; a moment becomes ISO 8601."""
    return value.isoformat() if isinstance(value, datetime) else value


def record(
    session: Session,
    registration_id: int,
    kind: str,
    *,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    operation: Operation | None = None,
) -> None:
    """Write one event; without an `operation` it is the Mac that made the change."""
    by, act_id = (operation.by, operation.id) if operation else (None, None)
    _EVENT.execute(
        session,
        registration_id=registration_id,
        act_id=act_id,
        what=kind,
        by=by,
        at=at,
        before=before,
        after=after,
    )


def record_many(session: Session, rows: FromClause, operation: Operation, kind: str) -> None:
    """Write an event for each of the `rows`: `id` of the registration, `before` and `after`."""
    at = literal(operation.at, Event.__table__.c.at.type)
    shared = (literal(operation.id), literal(kind), literal(operation.by), at)
    new = select(rows.c.id, *shared, rows.c.before, rows.c.after)
    names = ["registration_id", "act_id", "what", "by", "at", "before", "after"]
    session.execute(insert(Event).inline().from_select(names, new))


def record_registered(
    session: Session,
    card: Card,
    operation: Operation,
    taken_over: Sequence[Mac],
    layout: str | None,
) -> None:
    """Write the events of all Macs on a new card, whose site and build are those of `layout`.

    `taken_over` are those among them that were registered already, as they were before.
    """
    after = {"site": card.site, "build": card.build}
    act = {"act_id": operation.id, "what": operation.what, "by": operation.by, "at": operation.at}
    former = [mac.serial for mac in taken_over]
    _REGISTERED.execute(session, card_id=card.id, texts=listed(session, former), after=after, **act)
    rows = [
        {
            **act,
            "registration_id": mac.id,
            "before": snapshot(mac, *(TAKEN if mac.layout == layout else (*TAKEN, "layout"))),
            "after": after,
        }
        for mac in taken_over
    ]
    if rows:
        session.execute(insert(Event), rows)


def event_of(session: Session, registration_id: int, operation: Operation) -> Event | None:
    """Return the event that an operation wrote for a registration, None where it wrote none."""
    query = select(Event).where(
        Event.registration_id == registration_id, Event.act_id == operation.id
    )
    return session.scalars(query).first()


def merge(event: Event, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Add more changes of the same operation to an event.

    An operation has one event for each Mac, or it could not be undone.
    """
    event.before = event.before and {**before, **event.before}
    event.after = event.after and {**event.after, **after}


_EVENT = CompiledStatement(  # which every Mac's call needs
    lambda _: insert(Event.__table__).inline(),
    *("registration_id", "act_id", "what", "by", "at", "before", "after"),
)
_MACS, _EVENTS = Registration.__table__, Event.__table__
_REGISTERED = CompiledStatement(
    lambda dialect: (
        insert(_EVENTS)
        .inline()
        .from_select(
            ["registration_id", "act_id", "what", "by", "at", "after"],
            select(
                _MACS.c.id,
                *(
                    bindparam(name, type_=_EVENTS.c[name].type)
                    for name in ("act_id", "what", "by", "at", "after")
                ),
            ).where(
                _MACS.c.card_id == bindparam("card_id"), ~is_among_given(dialect, _MACS.c.serial)
            ),
        )
    )
)


@dataclass(frozen=True, slots=True)
class History:
    """A Mac's newest registration, and its newest events with their operations, newest first.

    `total` counts all its events, or those before one; `change` is the last change of its
    manifest, None where Rollcall never changed it.
    """

    mac: Registration
    events: Sequence[tuple[Event, Operation | None]]
    total: int
    change: Revision | None = None


def of_mac(session: Session, serial: Serial, *, before: int | None = None) -> History:
    """Return the history of a Mac, cancelled registrations included. Raises NotRegistered.

    `before` is the id of an event: only events before that one are returned.
    """
    query = select(Registration).where(queries.of_serial(serial.key))
    macs = session.scalars(query.order_by(Registration.id.desc())).all()
    if not macs:
        raise NotRegistered(serial.text, nearest=similar.nearest(session, serial))
    condition: ColumnElement[bool] = Event.registration_id.in_([mac.id for mac in macs])
    if before is not None:
        condition &= Event.id < before
    rows = (
        select(Event, Operation).outerjoin(Operation, Event.act_id == Operation.id).where(condition)
    )
    newest = rows.order_by(_LATEST).limit(MAX_EVENTS)
    events = [(event, operation) for event, operation in session.execute(newest)]
    total = session.scalar(select(func.count()).where(condition)) or 0
    names = {name for mac in macs for name in _manifests_of(session, mac)}
    change = select(Revision).where(Revision.name.in_(names)).order_by(Revision.id.desc())
    return History(macs[0], events, total, session.scalars(change.limit(1)).one_or_none())


def _manifests_of(session: Session, mac: Registration) -> Iterator[str]:
    """Yield the paths that a Mac's own manifest may have had, below `manifests/`."""
    names = {mac.serial, mac.name}
    yield from names
    with suppress(LayoutLost):  # the answer to the Mac's call says so
        layout = kept.find(session, mac.layout)
        yield from map(layout.manifest_of, names)


def newest_operations(session: Session, *, limit: int) -> list[tuple[Operation, int]]:
    """Return the newest `limit` operations, newest first, each with the number of its Macs."""
    newest = select(Operation.id).order_by(Operation.id.desc()).limit(limit)
    rows = (
        select(Operation, func.count(Event.id))
        .outerjoin(Event, Event.act_id == Operation.id)
        .where(Operation.id.in_(newest))
        .group_by(Operation.id)
        .having(or_(func.count(Event.id) > 0, Operation.what == BENCHED))
        .order_by(Operation.id.desc())
    )
    return [(operation, macs) for operation, macs in session.execute(rows)]
