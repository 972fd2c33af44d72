"""Messages in doubt: Slack may have taken them, now or later, and nobody heard its answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Self

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import aliased

from provisioning.outbox.models import CARD, OWED, Notification

LATE = timedelta(minutes=15)
"""The time in which Slack may still take a message after we gave up waiting for its answer.

Slack names no limit. Whatever stands between (Envoy at Slack's edge, proxies) lets go of a silent
request after one to five minutes, and ten is the longest that is commonly set; half as much again
is for queues behind them. Where it is too short, a message is shown twice; where it is too long,
one that Slack never took comes later than it could.
"""
FIRST_LOOK = timedelta(seconds=10)  # after it; the next ones double the time since


@dataclass(frozen=True, slots=True)
class Doubt:
    """An attempt without an answer: to be looked for, and not to be repeated before `lost_at`.

    It is newer than Slack's message `after_ts`, where that is known: Slack's own time, because our
    clock may be wrong.
    """

    lost_at: datetime
    after_ts: str | None

    @classmethod
    def of(cls, owed: Notification, now: datetime) -> Self | None:
        """Return the doubt about a message, None where there is none.

        It ends LATE from `now` at the latest, whatever the clock was when it began.
        """
        if not owed.in_doubt:
            return None
        lost_at = owed.lost_at or (owed.attempted_at or now - LATE) + LATE
        return cls(min(lost_at, now + LATE), owed.after_ts)

    def next_look(self, now: datetime) -> datetime | None:
        """Return when to look again: after as long as the doubt lasts by now. None: it is over."""
        if now >= self.lost_at:
            return None
        lasted = now - (self.lost_at - LATE)
        return min(now + max(lasted, FIRST_LOOK), self.lost_at)


@cache
def held_up() -> ColumnElement[bool]:
    """Return the condition that a message waits for one in doubt: for its card, or for its turn.

    The news of one card and of one Mac keeps its order; nothing else waits.
    """
    doubtful = aliased(Notification)
    card = func.coalesce(Notification.card_id, Notification.thread_id)
    first_shown = and_(doubtful.kind == CARD, doubtful.card_id == card)
    told_before = and_(
        doubtful.kind != CARD,
        Notification.kind != CARD,
        doubtful.id < Notification.id,
        or_(
            doubtful.thread_id == Notification.thread_id,
            doubtful.registration_id == Notification.registration_id,
        ),
    )
    return exists().where(
        doubtful.state == OWED,
        doubtful.lost_at.is_not(None),
        doubtful.channel == Notification.channel,
        doubtful.id != Notification.id,
        # Two that are in doubt do not wait for each other.
        or_(Notification.lost_at.is_(None), doubtful.id < Notification.id),
        or_(first_shown, told_before),
    )
