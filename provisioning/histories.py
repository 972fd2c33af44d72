"""What happened to a Mac, and what people did; reads only."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from provisioning import registrations
from provisioning.acts import BENCHED
from provisioning.errors import NotRegistered
from provisioning.models import Act, Event, Registration
from provisioning.serials import Serial

MOST = 100  # events of one Mac


@dataclass(frozen=True, slots=True)
class History:
    """A Mac's newest registration, and all its events, the newest first, with their acts."""

    mac: Registration
    events: Sequence[tuple[Event, Act | None]]


def of_mac(session: Session, serial: Serial) -> History:
    """Return the history of a Mac, cancelled registrations included. Raises NotRegistered."""
    same = Registration.serial == serial.key
    newest = session.scalars(select(Registration).where(same).order_by(Registration.id.desc()))
    mac = newest.first()
    if mac is None:
        raise NotRegistered(serial.text, nearest=registrations.nearest(session, serial))
    rows = (
        select(Event, Act)
        .join(Registration, Event.registration_id == Registration.id)
        .outerjoin(Act, Event.act_id == Act.id)
        .where(same)
        .order_by(Event.id.desc())
        .limit(MOST)
    )
    return History(mac, [(event, act) for event, act in session.execute(rows)])


def acts(session: Session, *, most: int) -> list[tuple[Act, int]]:
    """Return the newest `most` acts, the newest first, each with the number of its Macs."""
    newest = select(Act.id).order_by(Act.id.desc()).limit(most)
    rows = (
        select(Act, func.count(Event.id))
        .outerjoin(Event, Event.act_id == Act.id)
        .where(Act.id.in_(newest))
        .group_by(Act.id)
        .having(or_(func.count(Event.id) > 0, Act.what == BENCHED))
        .order_by(Act.id.desc())
    )
    return [(act, macs) for act, macs in session.execute(rows)]
