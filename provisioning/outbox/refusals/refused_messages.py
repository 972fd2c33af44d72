"""Messages that Slack refused: kept until an admin has fixed the reason, then sent again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import QueryableAttribute, Session

from infrastructure.database.statements.dialects import changed
from provisioning.outbox.models import PARKED, PENDING, SLACK, Card, Notification, in_state


@dataclass(frozen=True, slots=True)
class RefusedMessages:
    """`number` messages to a channel, the oldest of `since`, that Slack refused for one reason.

    `channel` is the id of a channel or of a person.
    """

    channel: str
    reason: str
    number: int
    since: datetime


def refused_messages(session: Session) -> list[RefusedMessages]:
    """Return the messages that Slack refused, by channel and reason, the oldest first."""
    since = func.min(Notification.occurred_at)
    rows = (
        select(Notification.channel, func.coalesce(Notification.reason, ""), func.count(), since)
        .where(in_state(PARKED, SLACK))
        .group_by(Notification.channel, Notification.reason)
        .order_by(since)
    )
    return [RefusedMessages(*row) for row in session.execute(rows)]


def resend(session: Session, channel: str, *, sites: Collection[str] = ()) -> int:
    """Enqueue refused messages again, in `channel`. Returns their number.

    Messages for another channel, because the setting was wrong, move to it; a card is posted again
    there. Direct messages to a person stay with the person, and messages in one of the channels
    `sites` (those of sites) stay there.
    """
    is_refused = in_state(PARKED, SLACK)
    cards = select(Notification.card_id).where(is_refused, Notification.card_id.is_not(None))
    elsewhere = Card.id.in_(cards) & (Card.channel != channel) & ~_stays(Card.channel, sites)
    session.execute(update(Card).where(elsewhere).values(channel=channel, ts=None))
    again = update(Notification).where(is_refused)
    target = case((_stays(Notification.channel, sites), Notification.channel), else_=channel)
    return changed(session, again.values(state=PENDING, channel=target, reason=None, retry_at=None))


def _stays(channel: QueryableAttribute[str], sites: Collection[str]) -> ColumnElement[bool]:
    """The condition that a channel is a site's, or the id of a person."""
    return channel.startswith("U") | channel.startswith("W") | channel.in_(sites)
