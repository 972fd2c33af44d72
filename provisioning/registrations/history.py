"""What happened to a Mac, and what people did; reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select
from sqlalchemy.orm import Session

from infrastructure.database.compiled import CompiledStatement
from provisioning.munki.models import Revision
from provisioning.registrations import queries
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.models import Event, Operation, Registration
from provisioning.registrations.operations import BENCHED
from provisioning.values.serials import Serial

MOST = 100  # events of one Mac
# As a sum, which no index is in the order of: going down all events takes long where one Mac's
# are few.
_LATEST = (Event.id + 0).desc()


@dataclass(frozen=True, slots=True)
class History:
    """A Mac's newest registration, and its newest events with their acts, the newest first.

    `total` is how many events there are, `change` the last one of its manifest, None where
    Rollcall never changed it.
    """

    mac: Registration
    events: Sequence[tuple[Event, Operation | None]]
    total: int
    change: Revision | None = None


def of_mac(session: Session, serial: Serial) -> History:
    """Return the history of a Mac, cancelled registrations included. Raises NotRegistered."""
    same = select(Registration).where(Registration.serial == serial.key)
    macs = session.scalars(same.order_by(Registration.id.desc())).all()
    if not macs:
        raise NotRegistered(serial.text, nearest=queries.nearest(session, serial))
    theirs = Event.registration_id.in_([mac.id for mac in macs])
    rows = select(Event, Operation).outerjoin(Operation, Event.act_id == Operation.id).where(theirs)
    newest = rows.order_by(_LATEST).limit(MOST)
    events = [(event, act) for event, act in session.execute(newest)]
    total = session.scalar(select(func.count()).where(theirs)) or 0
    names = {name for mac in macs for name in (mac.serial, mac.reported_as) if name}
    change = select(Revision).where(Revision.name.in_(names)).order_by(Revision.id.desc())
    return History(macs[0], events, total, session.scalars(change.limit(1)).one_or_none())


def acts(session: Session, *, most: int) -> list[tuple[Operation, int]]:
    """Return the newest `most` acts, the newest first, each with the number of its Macs."""
    newest = select(Operation.id).order_by(Operation.id.desc()).limit(most)
    rows = (
        select(Operation, func.count(Event.id))
        .outerjoin(Event, Event.act_id == Operation.id)
        .where(Operation.id.in_(newest))
        .group_by(Operation.id)
        .having(or_(func.count(Event.id) > 0, Operation.what == BENCHED))
        .order_by(Operation.id.desc())
    )
    return [(act, macs) for act, macs in session.execute(rows)]


_EVENT_OF_MAC = CompiledStatement(
    lambda _: insert(Event.__table__).inline(), "registration_id", "what", "at", "before", "after"
)


def record_of_mac(
    session: Session,
    *,
    registration_id: int,
    what: str,
    at: datetime,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
) -> None:
    """Write the event of a change that a Mac itself made, by a report or its first boot."""
    _EVENT_OF_MAC.execute(
        session, registration_id=registration_id, what=what, at=at, before=before, after=after
    )
