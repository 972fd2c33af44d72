"""The order of the outbox: each channel is a queue, with one relay in it at a time.

A relay sees the messages of its own transport alone, so no transport delays another.

A relay looks several times a second, so its statements are built once: they name the moments that
they compare with, and `_moments` gives these their values.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Insert,
    Row,
    Select,
    bindparam,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from infrastructure.database import instants
from infrastructure.database.instants import Instant
from infrastructure.database.statements.dialects import insert_into
from provisioning.outbox import doubts
from provisioning.outbox.models import (
    CARD,
    CONFIRMATION,
    LETTER,
    PENDING,
    SLACK,
    Channel,
    Notification,
)

LEASE = timedelta(seconds=60)  # longer than a relay needs to find a message and to send it
IDLE_AFTER = timedelta(seconds=0.15)  # a channel that was free for so long is not busy
LONGEST_WAIT = timedelta(minutes=10)  # of deferrable messages
MAX_COVERED = 10_000  # notifications of one card that one message settles
MAX_JOINED = 1_000  # confirmed Macs in one message


def is_any_due(
    session: Session, now: datetime, *, but: Collection[str] = (), transport: str = SLACK
) -> bool:
    """Return True if a claim at `now`, in a channel not in `but`, could succeed; reads only."""
    values = {**_moments(now), "but": [*but], "transport": transport}
    return bool(session.scalar(_any_due(), values))


def lease_channel(
    session: Session,
    holder: str,
    now: datetime,
    *,
    until: datetime,
    but: Collection[str],
    transport: str,
) -> Row[str, datetime, str | None] | None:
    """Lease the channel with a due message that is free for the longest time; None without one.

    Returns its id, the moment since which it is free, and the ts of its last message.
    """
    session.execute(_channels_opened(session.get_bind().dialect.name, transport))
    values = {"but": [*but], "until": until, "relay": holder, "transport": transport}
    return session.execute(_channel_leased(), {**_moments(now), **values}).one_or_none()


def next_in(
    session: Session, channel: str, now: datetime, *, is_busy: bool, transport: str
) -> Notification:
    """Return the message of a leased channel that is sent next.

    In a busy channel those that can wait let the others go first.
    """
    values = {**_moments(now), "lane": channel, "transport": transport}
    return session.scalars(_next(is_busy=is_busy), values).one()


def covered(session: Session, notification: Notification, now: datetime) -> tuple[int, ...]:
    """Return the ids of the notifications that one message settles: the due ones of its card.

    A limit by id would not do: a transaction may commit a lower one after the card was drawn. An
    attempt in doubt covers the same ones again, neither more nor fewer: it may be shown already.
    """
    # Of one attempt, or of none: a restore puts unattempted messages in doubt, too.
    of_attempt = (Notification.in_doubt == notification.in_doubt) & (
        Notification.lost_at.is_not_distinct_from(notification.lost_at)
    )
    if notification.kind == CARD:
        condition, limit = Notification.card_id == notification.card_id, MAX_COVERED
    elif notification.kind == CONFIRMATION and notification.thread_id is not None:
        condition = (Notification.thread_id == notification.thread_id) & of_attempt
        limit = MAX_JOINED
    elif notification.kind == LETTER:  # all that is pending for an address is one mail
        condition = (Notification.channel == notification.channel) & of_attempt
        limit = MAX_JOINED
    else:
        return (notification.id,)
    same_kind = Notification.kind == notification.kind
    query = select(Notification.id).where(same_kind, condition, _pending())
    values = {**_moments(now), "transport": notification.transport}
    return tuple(session.scalars(query.order_by(Notification.id).limit(limit), values))


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=Instant())


_BUT: BindParameter[Collection[str]] = bindparam("but", expanding=True)
_TRANSPORT: BindParameter[str] = bindparam("transport")
_NOW = _moment("now")
_LEASED_TOO_LONG = _moment("leased_too_long")
_RETRIED_TOO_LATE = _moment("retried_too_late")
_WAITED_ENOUGH = _moment("waited_enough")


def _moments(now: datetime) -> dict[str, object]:
    """The values at `now` of the moments that the statements below name."""
    return {
        _NOW.key: now,
        _LEASED_TOO_LONG.key: instants.too_late(now, LEASE),
        _RETRIED_TOO_LATE.key: instants.too_late(now, doubts.MAX_DELAY),
        _WAITED_ENOUGH.key: now - LONGEST_WAIT,
    }


@cache
def _any_due() -> Select[bool]:
    busy = select(Channel.id).where(~_free())
    candidate = Notification.channel.not_in(busy) & Notification.channel.not_in(_BUT)
    return select(exists().where(_due(), candidate))


@cache
def _channels_opened(dialect: str, transport: str) -> Insert:
    """Inserts a queue for every channel of a transport whose first message is pending.

    From one channel to the next by the index: of a day's backlog each message would be read.
    """
    owed = (Notification.state == PENDING) & (Notification.transport == transport)
    first = select(func.min(Notification.channel).label("id")).where(owed)
    queues = first.cte("queues", recursive=True)
    after = (Notification.channel > queues.c.id) & owed
    next_one = select(func.min(Notification.channel)).where(after).scalar_subquery()
    queues = queues.union_all(select(next_one).where(queues.c.id.is_not(None)))
    theirs = (Notification.channel == queues.c.id) & owed
    oldest = select(Notification.occurred_at).where(theirs).order_by(Notification.id).limit(1)
    since = oldest.scalar_subquery()
    rows = select(queues.c.id, since).where(
        queues.c.id.is_not(None), queues.c.id.not_in(select(Channel.id))
    )
    statement = insert_into(Channel, dialect).from_select(["id", "free_at"], rows)
    return statement.on_conflict_do_nothing()


@cache
def _channel_leased() -> ReturningUpdate[str, datetime, str | None]:
    is_due = exists().where(Notification.channel == Channel.id, _due())
    free = (
        select(Channel.id)
        .where(is_due, _free(), Channel.id.not_in(_BUT))
        .order_by(Channel.free_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (
        update(Channel)
        .where(Channel.id == free.scalar_subquery())
        .values(leased_until=bindparam("until"), holder=bindparam("relay"))
        .returning(Channel.id, Channel.free_at, Channel.last_ts)
    )


@cache
def _next(*, is_busy: bool) -> Select[Notification]:
    """A query for the next message of a channel.

    One whose card shows the same lets others go first in a busy channel, for LONGEST_WAIT. So a
    card that changes all the time is edited every second, and the messages in its thread are sent
    when there is a pause.
    """
    query = select(Notification).where(Notification.channel == bindparam("lane"), _due())
    if is_busy:
        recent = Notification.occurred_at > _WAITED_ENOUGH
        query = query.order_by(Notification.deferrable & recent)
    return query.order_by(Notification.id).limit(1)


@cache
def _free() -> ColumnElement[bool]:
    """The condition that a channel is not paused and not leased by a relay.

    A pause that begins in the future comes from a clock that ran ahead; it does not count.
    """
    leased_until = Channel.leased_until
    unleased = leased_until.is_(None) | (leased_until <= _NOW) | (leased_until > _LEASED_TOO_LONG)
    not_begun = Channel.paused_at.is_(None) | (Channel.paused_at > _NOW)
    return unleased & ((Channel.free_at <= _NOW) | not_begun)


@cache
def _due() -> ColumnElement[bool]:
    """The condition that a message is pending and due, and waits for none in doubt."""
    retry_at = Notification.retry_at
    not_later = retry_at.is_(None) | (retry_at <= _NOW) | (retry_at > _RETRIED_TOO_LATE)
    return _pending() & not_later & ~doubts.held_up()


@cache
def _pending() -> ColumnElement[bool]:
    not_later = Notification.due_at.is_(None) | (Notification.due_at <= _NOW)
    is_theirs = Notification.transport == _TRANSPORT
    return (Notification.state == PENDING) & is_theirs & not_later
