"""The joining of messages that a receiver has not taken: the newest of each Mac replaces others."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from provisioning.outbox.models import PENDING, UNSAID, WEBHOOK, Notification, in_state

FAILING_FOR = timedelta(minutes=10)
MAX_MACS = 500  # Macs of one step


def late(session: Session, now: datetime) -> Sequence[tuple[str, int]]:
    """Return the newest message of each Mac with several, where an earlier one keeps failing.

    It has failed for FAILING_FOR. At most MAX_MACS Macs, each with the name of its queue. Reads
    only, and the whole backlog.
    """
    is_owed = in_state(PENDING, WEBHOOK)
    failing = select(Notification.channel).where(
        is_owed, Notification.attempts > 0, Notification.occurred_at < now - FAILING_FOR
    )
    of_several = (
        select(Notification.channel, func.max(Notification.id))
        .where(
            is_owed, Notification.registration_id.is_not(None), Notification.channel.in_(failing)
        )
        .group_by(Notification.channel, Notification.registration_id)
        .having(func.count() > 1)
    )
    return [(channel, newest) for channel, newest in session.execute(of_several.limit(MAX_MACS))]


def join(session: Session, late_messages: Sequence[tuple[str, int]], now: datetime) -> None:
    """Settle the older messages of the Macs whose newest ones `late` found.

    The newest keeps its own id: under the id of an older one, which the receiver may have taken
    without answering, it would be ignored. One that was settled since replaces nothing.
    """
    for channel, newest in late_messages:
        message = session.get(Notification, newest)
        if message is None or message.state != PENDING:
            continue
        older = update(Notification).where(
            in_state(PENDING, WEBHOOK),
            Notification.channel == channel,
            Notification.registration_id == message.registration_id,
            Notification.id < newest,
        )
        settled = older.values(state=UNSAID, settled_at=now).returning(Notification.facts)
        joined = [int(facts["data"].get("joined", 0)) + 1 for facts in session.scalars(settled)]
        data = message.facts["data"]
        told = {**data, "joined": int(data.get("joined", 0)) + sum(joined)}
        message.facts = {**message.facts, "data": told}
