"""Messages in doubt: they were sent, no answer came, and Slack may show them now or later."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Self

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import aliased

from provisioning.outbox.models import CARD, PENDING, Notification

MAX_DELAY = timedelta(minutes=15)
"""The time in which Slack may still take a message after we gave up waiting for its answer.

Slack documents no limit. Proxies on the way (Envoy at Slack's edge and others) drop a silent
request after one to five minutes, and ten is the longest common setting; half as much again is for
queues behind them. With a value that is too short, a message is shown twice; with one that is too
long, a message that Slack never took comes later than it could.
"""
FIRST_LOOK = timedelta(seconds=10)  # until Slack is asked first; the later pauses double


@dataclass(frozen=True, slots=True)
class Doubt:
    """An attempt without an answer: Slack is asked for it, and it is not repeated before `lost_at`.

    Its message would be newer than Slack's message `after_ts`, where that is known: this is Slack's
    own time, because our clock may be wrong.
    """

    lost_at: datetime
    after_ts: str | None

    @classmethod
    def of(cls, notification: Notification, now: datetime) -> Self | None:
        """Return the doubt about a message, None where there is none.

        It lasts no longer than was meant, even where the clock was wrong when it began.
        """
        if not notification.in_doubt:
            return None
        began = notification.attempted_at
        lost_at = notification.lost_at or (began or now - MAX_DELAY) + MAX_DELAY
        meant = lost_at - began if began and began < lost_at else MAX_DELAY
        return cls(min(lost_at, now + min(meant, MAX_DELAY)), notification.after_ts)

    def next_look(self, now: datetime) -> datetime | None:
        """Return the moment to ask Slack again; None where the doubt is over.

        The pause is as long as the doubt has lasted so far, so the pauses double.
        """
        if now >= self.lost_at:
            return None
        lasted = now - (self.lost_at - MAX_DELAY)
        return min(now + max(lasted, FIRST_LOOK), self.lost_at)


@cache
def held_up() -> ColumnElement[bool]:
    """Return the condition that a message has to wait for another one that is in doubt.

    A message in a card's thread waits for the card; messages of one thread or of one Mac keep their
    order. Nothing else waits.
    """
    doubtful = aliased(Notification)
    card = func.coalesce(Notification.card_id, Notification.thread_id)
    first_shown = and_(doubtful.kind == CARD, doubtful.card_id == card)
    sent_before = and_(
        doubtful.kind != CARD,
        Notification.kind != CARD,
        doubtful.id < Notification.id,
        or_(
            doubtful.thread_id == Notification.thread_id,
            doubtful.registration_id == Notification.registration_id,
        ),
    )
    return exists().where(
        doubtful.state == PENDING,
        doubtful.lost_at.is_not(None),
        doubtful.channel == Notification.channel,
        doubtful.id != Notification.id,
        # Two that are in doubt do not wait for each other.
        or_(Notification.lost_at.is_(None), doubtful.id < Notification.id),
        or_(first_shown, sent_before),
    )
