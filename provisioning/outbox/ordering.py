"""Which message of the outbox is next: channels are lanes, with one courier in each at a time."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from infrastructure.database import clock_skew
from infrastructure.database.engine import upsert
from provisioning.outbox import doubts
from provisioning.outbox.models import CARD, CONFIRMATION, OWED, Channel, Notification

LEASE = timedelta(seconds=60)  # longer than a courier looks for a message and then sends it
IDLE = timedelta(seconds=0.15)  # a channel that was free for so long is not busy
LONGEST_WAIT = timedelta(minutes=10)  # of news that is on the card already
MOST_COVERED = 10_000  # notifications of one card, settled at once
MOST_TOLD = 1_000  # Macs that one message says are done


def open_lanes(session: Session) -> None:
    """Make a lane for every channel that is owed its first message."""
    rows = (
        select(Notification.channel, func.min(Notification.occurred_at))
        .where(Notification.state == OWED, Notification.channel.not_in(select(Channel.id)))
        .group_by(Notification.channel)
    )
    statement = upsert(session, Channel).from_select(["id", "free_at"], rows)
    session.execute(statement.on_conflict_do_nothing())


def free(now: datetime) -> ColumnElement[bool]:
    """Whether a channel may be written to, and nobody else does.

    A pause that is to begin yet was made by a clock that ran ahead: it is none.
    """
    unleased = Channel.leased_until.is_(None) | clock_skew.passed(Channel.leased_until, now, LEASE)
    not_begun = Channel.paused_at.is_(None) | (Channel.paused_at > now)
    return unleased & ((Channel.free_at <= now) | not_begun)


def due(now: datetime) -> ColumnElement[bool]:
    """Whether a message is owed, it is time for it, and none in doubt has to come before it."""
    retry_at = Notification.retry_at
    not_later = retry_at.is_(None) | clock_skew.passed(retry_at, now, doubts.LATE)
    return _to_be_said(now) & not_later & ~doubts.held_up()


def _to_be_said(now: datetime) -> ColumnElement[bool]:
    not_later = Notification.due_at.is_(None) | (Notification.due_at <= now)
    return (Notification.state == OWED) & not_later


def can_wait(now: datetime) -> ColumnElement[bool]:
    """Whether news may let others go first in a busy channel, for LONGEST_WAIT.

    Its card says it already. So a card that changes all the time is edited every second, and its
    thread hears of it when there is a pause.
    """
    return Notification.deferrable & (Notification.occurred_at > now - LONGEST_WAIT)


def covered(session: Session, notification: Notification, now: datetime) -> tuple[int, ...]:
    """The notifications that one message settles: those of the same card to be seen by now.

    Not all up to an id: a transaction may commit a lower one after the card was drawn. What an
    attempt in doubt has covered is covered again, neither more nor less: it may be shown already.
    """
    most = MOST_COVERED
    if notification.kind == CARD:
        same = (Notification.kind == CARD) & (Notification.card_id == notification.card_id)
    elif notification.kind == CONFIRMATION and notification.thread_id is not None:
        same = (
            (Notification.kind == CONFIRMATION)
            & (Notification.thread_id == notification.thread_id)
            & (Notification.in_doubt == notification.in_doubt)
            # Of one attempt, or of none: a restore doubts what nobody had attempted, too.
            & (Notification.lost_at.is_not_distinct_from(notification.lost_at))
        )
        most = MOST_TOLD
    else:
        return (notification.id,)
    owed = select(Notification.id).where(same, _to_be_said(now))
    return tuple(session.scalars(owed.order_by(Notification.id).limit(most)))
