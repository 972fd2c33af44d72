"""Messages that Slack refused while it did not let Rollcall speak, sent once it does again."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from provisioning.outbox import outbox
from provisioning.outbox.models import (
    ANSWER,
    AWAY,
    CONFIRMATION,
    DIGEST,
    NEWS,
    PARKED,
    PENDING,
    REMINDER,
    SLACK,
    STALL,
    TROUBLE,
    UNHEARD,
    UNSAID,
    Notification,
    in_state,
)

LISTED_FOR = timedelta(days=7)  # what is older is counted
MAX_REPEATED = 40  # messages that one message repeats, a line each
# Kinds that another message may repeat as a line. One of a newer release is none: after the way
# back it cannot be drawn here, and stays refused until that release is there again.
LINES = frozenset({ANSWER, CONFIRMATION, DIGEST, NEWS, REMINDER, STALL, TROUBLE, UNHEARD})


def release(session: Session, channel: str, at: datetime) -> int:
    """Enqueue again what Slack refused in a channel. Returns the number of messages.

    Cards are shown as they are now, and files are sent by themselves. Where there are several
    others, messages of the kind AWAY repeat them, the oldest first; those older than LISTED_FOR
    are counted in one.
    """
    refused = session.scalars(_refused().where(Notification.channel == channel)).all()
    _release(session, channel, refused, at)
    return len(refused)


def release_refused_for(session: Session, codes: Collection[str], at: datetime) -> int:
    """Enqueue again, in each channel, what Slack refused for one of its error `codes`."""
    refused = [
        notification
        for notification in session.scalars(_refused())
        if (notification.reason or "").partition(":")[0] in codes
    ]
    for channel in dict.fromkeys(notification.channel for notification in refused):
        of_it = [notification for notification in refused if notification.channel == channel]
        _release(session, channel, of_it, at)
    return len(refused)


def repeated(session: Session, away: Notification) -> Sequence[Notification]:
    """Return the messages that one of the kind AWAY repeats, the oldest first."""
    ids = away.facts.get("repeats", [])
    query = select(Notification).where(Notification.id.in_(ids)).order_by(Notification.id)
    return session.scalars(query).all()


def _refused() -> Select[Notification]:
    return (
        select(Notification)
        .where(in_state(PARKED, SLACK))
        .order_by(Notification.id)
        .with_for_update()
    )


def _release(session: Session, channel: str, refused: Sequence[Notification], at: datetime) -> None:
    lines = [each for each in refused if _is_line(each)]
    if len(lines) == 1:
        lines = []
    for notification in refused:
        if not lines or not _is_line(notification):
            notification.state, notification.reason, notification.retry_at = PENDING, None, None
    recent = [each.id for each in lines if each.occurred_at >= at - LISTED_FOR]
    if len(recent) < len(lines):
        payload = {"older": len(lines) - len(recent), "since": lines[0].occurred_at.isoformat()}
        outbox.enqueue_message(session, AWAY, channel=channel, payload=payload, at=at)
    for start in range(0, len(recent), MAX_REPEATED):
        payload = {"repeats": recent[start : start + MAX_REPEATED]}
        outbox.enqueue_message(session, AWAY, channel=channel, payload=payload, at=at)
    for notification in lines:
        notification.state, notification.settled_at = UNSAID, at


def _is_line(notification: Notification) -> bool:
    """True if another message may repeat it. One in doubt is looked for under its own key."""
    return notification.kind in LINES and not notification.in_doubt
