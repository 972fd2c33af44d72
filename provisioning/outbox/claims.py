"""Claims of relays on messages of the outbox, and the record of each outcome.

A relay claims a channel, not a message. So the order in a channel and its pace of one message
a second hold for any number of relays, and no two relays send the same message.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import changed
from provisioning.outbox import ordering, outbox
from provisioning.outbox.doubts import MAX_DELAY, Doubt
from provisioning.outbox.models import (
    CARD,
    PARKED,
    PENDING,
    SENT,
    SLACK,
    UNSAID,
    Card,
    Channel,
    Notification,
    in_state,
)


@dataclass(frozen=True, slots=True)
class Pace:
    """The pauses that a transport wants in a channel, after a `message` and after an `edit`."""

    message: timedelta = timedelta(0)
    edit: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim: one message that only the relay `holder` may send until `until`.

    `doubt` is set where an earlier attempt has no known outcome: Slack must be asked before the
    message is sent again. `covers` are the ids of all notifications that the message settles.
    """

    notification: Notification
    holder: str
    until: datetime
    doubt: Doubt | None
    covers: tuple[int, ...]
    pace: Pace = Pace()


def claim(
    session: Session,
    holder: str,
    now: datetime,
    *,
    but: Collection[str] = (),
    pace: Pace = Pace(),
    transport: str = SLACK,
) -> Claim | None:
    """Claim the oldest message of a free channel of a transport for a lease; None without one.

    Channels in `but` are left out; `pace` sets the pauses after the message. Commit before
    sending: a relay that dies then leaves the message in doubt, not unsent.
    """
    until = now + ordering.LEASE
    channel = ordering.lease_channel(
        session, holder, now, until=until, but=but, transport=transport
    )
    if channel is None:
        return None
    channel_id, free_at, last_ts = channel
    is_busy = now - free_at < ordering.IDLE_AFTER
    notification = ordering.next_in(session, channel_id, now, is_busy=is_busy, transport=transport)
    doubt = Doubt.of(notification, now)
    covers = ordering.covered(session, notification, now)
    notification.attempts += 1
    if doubt is None:
        notification.attempted_at, notification.after_ts = now, last_ts
    # If this relay dies: until the end of its lease it may still have sent the message.
    lost_at = until + MAX_DELAY if doubt is None or doubt.lost_at <= until else doubt.lost_at
    began = {"in_doubt": True, "lost_at": lost_at, "retry_at": None}
    session.execute(
        update(Notification)
        .where(Notification.id.in_(_attempted(notification, covers)))
        .values(began)
    )
    return Claim(notification, holder, until, doubt, covers, pace)


def settle(session: Session, claimed: Claim, *, ts: str, now: datetime) -> datetime:
    """Record that Slack shows the message as `ts`, for all notifications that it covers.

    Returns the moment from which the channel is free again.
    """
    card = Card.id == claimed.notification.card_id
    is_edit = not changed(session, update(Card).where(card, Card.ts.is_(None)).values(ts=ts))
    session.execute(
        update(Notification)
        .where(Notification.id.in_(claimed.covers), Notification.state == PENDING)
        .values(state=SENT, in_doubt=False, settled_at=now, ts=ts)
    )
    is_card = claimed.notification.kind == CARD
    if is_card and is_edit and claimed.doubt is not None:
        _draw_again(session, claimed, now)
    free_at = now + (claimed.pace.edit if is_card and is_edit else claimed.pace.message)
    values: dict[str, object] = {"free_at": free_at}
    if ts[:1].isdigit():  # the id of a file is not a moment
        is_newest = or_(Channel.last_ts.is_(None), Channel.last_ts < ts)
        values["last_ts"] = case((is_newest, ts), else_=Channel.last_ts)
    _release(session, claimed, now, **values)
    return free_at


def postpone(
    session: Session, claimed: Claim, *, in_doubt: bool, until: datetime, reason: str, now: datetime
) -> None:
    """Leave the message pending, and pause its channel until `until`.

    `in_doubt`: Slack answered, and may have shown the message all the same.
    """
    doubt = claimed.doubt or (Doubt(until, claimed.notification.after_ts) if in_doubt else None)
    _leave(session, claimed, doubt, now, free_at=until, reason=reason)


def leave_in_doubt(
    session: Session, claimed: Claim, *, again: datetime, reason: str, now: datetime
) -> None:
    """Leave a message without an answer in doubt: Slack may still take it. Its channel goes on.

    An edit can be repeated: it is at `again`, and once more when Slack cannot take the lost one
    any more, because a late one would show an old state of the card.
    """
    notification = claimed.notification
    free_at = now + claimed.pace.message
    if notification.kind == CARD and session.scalar(
        select(Card.ts).where(Card.id == notification.card_id)
    ):
        _leave(session, claimed, None, now, free_at=free_at, retry_at=again, reason=reason)
        _draw_again(session, claimed, now)
        return
    doubt = Doubt(now + MAX_DELAY, notification.after_ts)
    look = doubt.next_look(now)
    _leave(session, claimed, doubt, now, free_at=free_at, retry_at=look, reason=reason)


def look_later(
    session: Session, claimed: Claim, *, again: datetime, reason: str, now: datetime
) -> None:
    """Leave a message that was not posted in doubt as it was; Slack is asked at `again`."""
    _leave(session, claimed, claimed.doubt, now, free_at=now, retry_at=again, reason=reason)


def set_aside(
    session: Session, claimed: Claim, *, again: datetime, reason: str, now: datetime
) -> None:
    """Put off a message that was not taken until `again`. Its channel goes on, but not its Mac."""
    doubt = Doubt(again, None)  # what comes after it of the same Mac waits
    _leave(session, claimed, doubt, now, free_at=now, retry_at=again, reason=reason)


def refuse(session: Session, claimed: Claim, *, reason: str, now: datetime) -> None:
    """Record that Slack refused the message, until an admin has fixed `reason` and resends it."""
    free_at = now + claimed.pace.message
    _leave(session, claimed, claimed.doubt, now, free_at=free_at, state=PARKED, reason=reason)


def drop(session: Session, claimed: Claim, *, now: datetime) -> None:
    """Settle a message as skipped: it has no content any more. The channel is free at once."""
    _leave(session, claimed, None, now, free_at=now, state=UNSAID, settled_at=now)


def forget_card(session: Session, claimed: Claim, *, now: datetime) -> None:
    """Record that a card's message is gone from Slack, and have it posted again."""
    session.execute(
        update(Card).where(Card.id == claimed.notification.card_id).values(ts=None, key=uuid4().hex)
    )
    postpone(session, claimed, in_doubt=False, until=now, reason="message_not_found", now=now)


def pending_since(
    session: Session, now: datetime, transport: str = SLACK, *, without_doubtful: bool = False
) -> datetime | None:
    """Return the moment of a transport's oldest pending message that is due, or None.

    `without_doubtful` leaves out those that Slack may still take.
    """
    condition = in_state(PENDING, transport)
    condition &= or_(Notification.due_at.is_(None), Notification.due_at <= now)
    if without_doubtful:
        condition &= ~may_be_taken_yet(now)
    oldest = func.min(func.coalesce(Notification.due_at, Notification.occurred_at))
    return session.scalar(select(oldest).where(condition))


def may_be_taken_yet(now: datetime) -> ColumnElement[bool]:
    """The condition that Slack may still take a message that it has not answered."""
    return Notification.lost_at.is_not(None) & (Notification.lost_at > now)


def put_all_in_doubt(session: Session, since: datetime, now: datetime) -> int:
    """Put each pending or refused message for Slack in doubt: it is asked before it is sent.

    For a database that was restored from a copy of the moment `since`: messages that were pending
    then may have been sent later, even by a relay that still waits for Slack's answer. Returns
    their number.
    """
    waiting = (Notification.transport == SLACK) & Notification.state.in_((PENDING, PARKED))
    session.execute(
        update(Notification).where(waiting, Notification.in_doubt).values(lost_at=now + MAX_DELAY)
    )
    newest = select(Channel.last_ts).where(Channel.id == Notification.channel).scalar_subquery()
    certain = update(Notification).where(waiting, ~Notification.in_doubt)
    ids = session.scalars(certain.values(after_ts=newest).returning(Notification.id)).all()
    # Each may be an attempt of its own, and its `lost_at` tells them apart: see ordering.covered.
    ends = (now + MAX_DELAY + timedelta(microseconds=number) for number, _ in enumerate(ids, 1))
    attempt = {"in_doubt": True, "attempted_at": since}
    rows = [{"id": each, "lost_at": end, **attempt} for each, end in zip(ids, ends, strict=True)]
    if rows:
        session.execute(update(Notification), rows)
    return session.scalar(select(func.count()).where(waiting)) or 0


def _draw_again(session: Session, claimed: Claim, now: datetime) -> None:
    """Enqueue a card once more, for the moment when Slack cannot take an earlier edit any more."""
    card = session.get_one(Card, claimed.notification.card_id)
    outbox.enqueue_card(session, card, at=now, due_at=now + MAX_DELAY)


def _attempted(notification: Notification, covers: tuple[int, ...]) -> tuple[int, ...]:
    """The ids of an attempt's notifications; for a card its own alone."""
    return (notification.id,) if notification.kind == CARD else covers


def _leave(
    session: Session,
    claimed: Claim,
    doubt: Doubt | None,
    now: datetime,
    *,
    free_at: datetime,
    **outcome: object,
) -> None:
    """Record the outcome of a message that was not shown, unless another relay claimed it."""
    if _release(session, claimed, now, free_at=free_at):
        rows = _attempted(claimed.notification, claimed.covers)
        lost_at = doubt.lost_at if doubt else None
        session.execute(
            update(Notification)
            .where(Notification.id.in_(rows), Notification.state == PENDING)
            .values(in_doubt=doubt is not None, lost_at=lost_at, **outcome)
        )


def _release(session: Session, claimed: Claim, now: datetime, **values: object) -> bool:
    """End the lease of the channel; False where it ran out and another relay holds it."""
    ours = (Channel.id == claimed.notification.channel) & (Channel.holder == claimed.holder)
    values = {**values, "paused_at": now, "leased_until": None, "holder": None}
    return changed(session, update(Channel).where(ours).values(values)) == 1
