"""The outbox as couriers see it: who may send what now, and what became of it.

A courier claims a channel, not a message. So the order in a channel and its pace of one message
a second hold for any number of couriers, and nobody sends what somebody else is sending.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, case, exists, func, select, update
from sqlalchemy.orm import QueryableAttribute, Session

from provisioning import lanes
from provisioning.database import changed
from provisioning.models import (
    CARD,
    CONFIRMATION,
    OWED,
    PARKED,
    SENT,
    UNSAID,
    Card,
    Channel,
    Notification,
)

PACE = timedelta(seconds=1)  # Slack: about one message a second and channel
PACE_OF_EDITS = timedelta(seconds=1.25)  # Slack: 50 edits a minute
LEASE = timedelta(seconds=60)  # longer than a courier looks for a message and then sends it


@dataclass(frozen=True, slots=True)
class Claim:
    """One message that `holder` alone may send until `until`.

    `doubtful_since` is set where an earlier attempt began and nobody knows what became of it:
    Slack has to be asked, for messages since then, before it is sent again. One message says
    all the notifications `covers`.
    """

    notification: Notification
    holder: str
    until: datetime
    doubtful_since: datetime | None
    covers: tuple[int, ...]


def is_any_due(session: Session, now: datetime) -> bool:
    """Whether a claim at `now` could succeed; reads only."""
    busy = select(Channel.id).where(~lanes.free(now))
    owed = exists().where(lanes.due(now), Notification.channel.not_in(busy))
    return bool(session.scalar(select(owed)))


def claim(session: Session, holder: str, now: datetime) -> Claim | None:
    """Claim the oldest message of a channel that is free, for the length of a lease.

    Commit before sending: a courier that dies leaves the message in doubt, not unsent.
    """
    lanes.open_lanes(session)
    owed = exists().where(Notification.channel == Channel.id, lanes.due(now))
    free = (
        select(Channel.id)
        .where(owed, lanes.free(now))
        .order_by(Channel.free_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    until = now + LEASE
    row = session.execute(
        update(Channel)
        .where(Channel.id == free.scalar_subquery())
        .values(leased_until=until, holder=holder)
        .returning(Channel.id, Channel.free_at)
    ).one_or_none()
    if row is None:
        return None
    lane, free_at = row
    head = select(Notification).where(Notification.channel == lane, lanes.due(now))
    if now - free_at < lanes.IDLE:
        head = head.order_by(lanes.can_wait(now))
    notification = session.scalars(head.order_by(Notification.id).limit(1)).one()
    doubtful_since = notification.attempted_at if notification.in_doubt else None
    covers = lanes.covered(session, notification, now)
    if notification.kind == CONFIRMATION:
        session.execute(
            update(Notification).where(Notification.id.in_(covers)).values(in_doubt=True)
        )
    notification.in_doubt = True
    notification.attempts += 1
    notification.attempted_at = doubtful_since or now
    return Claim(notification, holder, until, doubtful_since, covers)


def settle(session: Session, claimed: Claim, *, ts: str, now: datetime) -> datetime:
    """Record that Slack shows the message as `ts`. A card settles all that was owed it.

    Returns when the channel is free again.
    """
    card = Card.id == claimed.notification.card_id
    is_edit = not changed(session, update(Card).where(card, Card.ts.is_(None)).values(ts=ts))
    session.execute(
        update(Notification)
        .where(Notification.id.in_(claimed.covers), Notification.state == OWED)
        .values(state=SENT, in_doubt=False, settled_at=now, ts=ts)
    )
    is_card = claimed.notification.kind == CARD
    free_at = now + (PACE_OF_EDITS if is_card and is_edit else PACE)
    _release(session, claimed, free_at=free_at)
    return free_at


def postpone(
    session: Session, claimed: Claim, *, in_doubt: bool, until: datetime, reason: str
) -> None:
    """Leave the message owed, not to be tried before `until`.

    `in_doubt` says whether Slack may have shown it all the same.
    """
    _leave(session, claimed, free_at=until, in_doubt=in_doubt, reason=reason)


def park(session: Session, claimed: Claim, *, in_doubt: bool, reason: str, now: datetime) -> None:
    """Give the message up until an admin has mended `reason` and asks for it again."""
    _leave(session, claimed, free_at=now + PACE, state=PARKED, in_doubt=in_doubt, reason=reason)


def drop(session: Session, claimed: Claim, *, now: datetime) -> None:
    """Settle a message that has nothing to say any more; the next one need not wait for it."""
    done = {"state": UNSAID, "in_doubt": False, "settled_at": now}
    _leave(session, claimed, free_at=now, **done)


def forget_card(session: Session, claimed: Claim, *, now: datetime) -> None:
    """The card's message is gone from Slack: have it posted anew."""
    session.execute(
        update(Card).where(Card.id == claimed.notification.card_id).values(ts=None, key=uuid4().hex)
    )
    postpone(session, claimed, in_doubt=False, until=now, reason="message_not_found")


def parked(session: Session, most: int = 20) -> list[Notification]:
    """Return the oldest `most` messages that were given up."""
    query = select(Notification).where(Notification.state == PARKED)
    return list(session.scalars(query.order_by(Notification.id).limit(most)))


def owed(session: Session) -> int:
    """Return how many messages are owed."""
    query = select(func.count()).where(Notification.state == OWED)
    return session.scalar(query) or 0


def unpark(session: Session, channel: str, *, sites: Collection[str] = ()) -> int:
    """Owe `channel` again what was given up; returns how many messages that is.

    What was meant for another channel, because the setting was wrong, moves there; a card is
    posted anew in it. What is for one person alone stays with them, and what is for one of the
    channels that `sites` have of their own stays there.
    """
    given_up = Notification.state == PARKED
    cards = select(Notification.card_id).where(given_up, Notification.card_id.is_not(None))
    elsewhere = Card.id.in_(cards) & (Card.channel != channel) & ~_stays(Card.channel, sites)
    session.execute(update(Card).where(elsewhere).values(channel=channel, ts=None))
    again = update(Notification).where(given_up)
    to = case((_stays(Notification.channel, sites), Notification.channel), else_=channel)
    return changed(session, again.values(state=OWED, channel=to, reason=None))


def doubt(session: Session, since: datetime) -> int:
    """Have Slack asked for every message that is owed or was given up, before it is sent.

    For a database that is a copy as of `since`: what was not sent by then may have been sent
    after. Returns how many messages these are.
    """
    waiting = Notification.state.in_((OWED, PARKED))
    certain = update(Notification).where(waiting, ~Notification.in_doubt)
    session.execute(certain.values(in_doubt=True, attempted_at=since))
    return session.scalar(select(func.count()).where(waiting)) or 0


def _stays(channel: QueryableAttribute[str], sites: Collection[str]) -> ColumnElement[bool]:
    """Whether a channel is a site's, or the id of a person, for their direct conversation."""
    return channel.startswith("U") | channel.startswith("W") | channel.in_(sites)


def _leave(session: Session, claimed: Claim, *, free_at: datetime, **outcome: object) -> None:
    """Record what became of a message that was not shown, unless somebody else has it by now."""
    is_card = claimed.notification.kind == CARD  # its other rows are but the wish to draw it
    rows = (claimed.notification.id,) if is_card else claimed.covers
    if _release(session, claimed, free_at=free_at):
        session.execute(
            update(Notification)
            .where(Notification.id.in_(rows), Notification.state == OWED)
            .values(**outcome)
        )


def _release(session: Session, claimed: Claim, *, free_at: datetime) -> bool:
    """Give the channel back; False where the lease ran out and somebody else holds it."""
    ours = (Channel.id == claimed.notification.channel) & (Channel.holder == claimed.holder)
    release = update(Channel).where(ours).values(free_at=free_at, leased_until=None, holder=None)
    return changed(session, release) == 1
