"""The joining of messages that a receiver has not taken: of each Mac, the newest stands for all."""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from provisioning.outbox.models import OWED, UNSAID, WEBHOOK, Notification

AFTER = timedelta(minutes=10)
MOST = 500  # Macs of one step


def is_any_late(session: Session, now: datetime) -> bool:
    """Return True where messages of one Mac wait behind one that has failed for AFTER."""
    return session.execute(_late(now).limit(1)).first() is not None


def join(session: Session, now: datetime) -> int:
    """Settle all but the newest message of each such Mac. Returns the number of Macs.

    The newest keeps its own id: under that of an older one, which may have been taken without our
    hearing of it, a receiver would ignore it.
    """
    rows = session.execute(_late(now).limit(MOST)).all()
    for channel, registration_id, newest, number in rows:
        older = update(Notification).where(
            Notification.transport == WEBHOOK,
            Notification.channel == channel,
            Notification.state == OWED,
            Notification.registration_id == registration_id,
            Notification.id < newest,
        )
        joined = session.scalars(
            older.values(state=UNSAID, settled_at=now).returning(Notification.facts)
        )
        earlier = sum(int(facts["data"].get("joined", 0)) for facts in joined)
        message = session.get_one(Notification, newest)
        told = {**message.facts["data"], "joined": number - 1 + earlier}
        message.facts = {**message.facts, "data": told}
    return len(rows)


def _late(now: datetime) -> Select[str, int | None, int, int]:
    """Macs with several pending messages in a queue where one has failed for AFTER."""
    is_owed = (Notification.transport == WEBHOOK) & (Notification.state == OWED)
    failing = select(Notification.channel).where(
        is_owed, Notification.attempts > 0, Notification.occurred_at < now - AFTER
    )
    return (
        select(
            Notification.channel,
            Notification.registration_id,
            func.max(Notification.id),
            func.count(),
        )
        .where(
            is_owed, Notification.registration_id.is_not(None), Notification.channel.in_(failing)
        )
        .group_by(Notification.channel, Notification.registration_id)
        .having(func.count() > 1)
    )
