"""The order of the outbox: each channel is a queue, with one relay in it at a time."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from infrastructure.database import clock_skew
from infrastructure.database.engine import upsert
from provisioning.outbox import doubts
from provisioning.outbox.models import CARD, CONFIRMATION, OWED, Channel, Notification

LEASE = timedelta(seconds=60)  # longer than a relay needs to find a message and to send it
IDLE = timedelta(seconds=0.15)  # a channel that was free for so long is not busy
LONGEST_WAIT = timedelta(minutes=10)  # of deferrable messages
MOST_COVERED = 10_000  # notifications of one card that one message settles
MOST_TOLD = 1_000  # confirmed Macs in one message


def open_lanes(session: Session) -> None:
    """Insert a queue for every channel whose first message is pending."""
    rows = (
        select(Notification.channel, func.min(Notification.occurred_at))
        .where(Notification.state == OWED, Notification.channel.not_in(select(Channel.id)))
        .group_by(Notification.channel)
    )
    statement = upsert(session, Channel).from_select(["id", "free_at"], rows)
    session.execute(statement.on_conflict_do_nothing())


def free(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a channel is not paused and not leased by a relay.

    A pause that begins in the future comes from a clock that ran ahead; it does not count.
    """
    unleased = Channel.leased_until.is_(None) | clock_skew.passed(Channel.leased_until, now, LEASE)
    not_begun = Channel.paused_at.is_(None) | (Channel.paused_at > now)
    return unleased & ((Channel.free_at <= now) | not_begun)


def due(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a message is pending and due, and waits for none in doubt."""
    retry_at = Notification.retry_at
    not_later = retry_at.is_(None) | clock_skew.passed(retry_at, now, doubts.LATE)
    return _pending(now) & not_later & ~doubts.held_up()


def _pending(now: datetime) -> ColumnElement[bool]:
    not_later = Notification.due_at.is_(None) | (Notification.due_at <= now)
    return (Notification.state == OWED) & not_later


def can_wait(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a message lets others go first in a busy channel, for LONGEST_WAIT.

    Its card shows the same. So a card that changes all the time is edited every second, and the
    messages in its thread are sent when there is a pause.
    """
    return Notification.deferrable & (Notification.occurred_at > now - LONGEST_WAIT)


def covered(session: Session, notification: Notification, now: datetime) -> tuple[int, ...]:
    """Return the ids of the notifications that one message settles: the due ones of its card.

    A limit by id would not do: a transaction may commit a lower one after the card was drawn. An
    attempt in doubt covers the same ones again, neither more nor fewer: it may be shown already.
    """
    limit = MOST_COVERED
    if notification.kind == CARD:
        condition = (Notification.kind == CARD) & (Notification.card_id == notification.card_id)
    elif notification.kind == CONFIRMATION and notification.thread_id is not None:
        condition = (
            (Notification.kind == CONFIRMATION)
            & (Notification.thread_id == notification.thread_id)
            & (Notification.in_doubt == notification.in_doubt)
            # Of one attempt, or of none: a restore puts unattempted messages in doubt, too.
            & (Notification.lost_at.is_not_distinct_from(notification.lost_at))
        )
        limit = MOST_TOLD
    else:
        return (notification.id,)
    query = select(Notification.id).where(condition, _pending(now))
    return tuple(session.scalars(query.order_by(Notification.id).limit(limit)))
