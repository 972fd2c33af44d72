"""A correction of moments that a clock which ran ahead has left in the database.

Where processes wait for each other, such a moment is none: `clockskew.passed`. Where people, Macs
and periodic tasks are concerned it is brought back to the present: `set_right`.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from infrastructure.database.clock_skew import SKEW, Moment
from infrastructure.database.engine import changed
from infrastructure.jobs.models import Job, LastRun
from provisioning.firstboot.models import Bench, UnknownMac
from provisioning.outbox.doubts import Doubt
from provisioning.outbox.models import DIGEST, OWED, TROUBLE, Notification
from provisioning.registrations.models import IMAGING, WAITING, Registration

# What happened last, from which something is counted; and of which rows.
_LAST: tuple[tuple[Moment, ColumnElement[bool]], ...] = (
    (Registration.heard_at, Registration.state == IMAGING),
    (Registration.changed_at, Registration.state.in_((WAITING, IMAGING))),
    (UnknownMac.last_at, UnknownMac.settled_at.is_(None)),
    (UnknownMac.settled_at, UnknownMac.registration_id.is_(None)),
)


def set_right(session: Session, now: datetime) -> int:
    """Bring back to `now` what is dated later; returns how many rows that was.

    What was to be said or to end a while after it keeps that while.
    """
    future = now + SKEW
    rows = changed(session, update(LastRun).where(LastRun.at > future).values(at=now))
    if rows:  # clerks made rounds by that clock
        _forget_told(session, future)
        rows += changed(session, update(Job).where(Job.due_at > future).values(due_at=now))
    for moment, which in _LAST:
        late = update(moment.class_).where(which, moment > future)
        late = late.execution_options(synchronize_session=False)
        rows += changed(session, late.values({moment.key: now}))
    is_ahead = (Notification.occurred_at > future) | (Notification.attempted_at > future)
    owed = select(Notification).where(Notification.state == OWED, is_ahead)
    for notification in session.scalars(owed):
        _set_right(notification, now)
        rows += 1
    is_open = Bench.ended_at.is_(None) & (Bench.created_at > future)
    for bench in session.scalars(select(Bench).where(is_open)):
        bench.until = now + (bench.until - bench.created_at)
        bench.created_at = now
        rows += 1
    return rows


def _set_right(owed: Notification, now: datetime) -> None:
    if owed.occurred_at > now:
        if owed.due_at is not None:
            owed.due_at = now + (owed.due_at - owed.occurred_at)
        owed.occurred_at = now
    if owed.attempted_at is not None and owed.attempted_at > now:
        doubt = Doubt.of(owed, now)
        owed.attempted_at, owed.retry_at = now, None
        owed.lost_at = doubt.lost_at if doubt else None


def _forget_told(session: Session, future: datetime) -> None:
    """Have told again, when its day comes, what is told once a day and was told for days ahead."""
    told = Notification.once.is_not(None) & Notification.kind.in_((DIGEST, TROUBLE))
    session.execute(
        update(Notification).where(told, Notification.occurred_at > future).values(once=None)
    )
