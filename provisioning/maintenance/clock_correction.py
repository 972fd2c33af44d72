"""A correction of moments that a clock which ran ahead has left in the database.

Between processes such a moment is ignored: `instants.passed`. For people, Macs and periodic tasks
it is brought back to the present: `set_right`.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from infrastructure.database.instants import SKEW, Moment
from infrastructure.database.statements.dialects import changed
from infrastructure.jobs.models import Job, LastRun
from provisioning.firstboot.models import Bench, UnknownMac
from provisioning.outbox.doubts import Doubt
from provisioning.outbox.models import DIGEST, PENDING, TROUBLE, Notification
from provisioning.registrations.models import IMAGING, WAITING, Registration

# Columns with past moments from which times are counted, each with the condition on its rows.
_LAST: tuple[tuple[Moment, ColumnElement[bool]], ...] = (
    (Registration.heard_at, Registration.state == IMAGING),
    (Registration.changed_at, Registration.state.in_((WAITING, IMAGING))),
    (UnknownMac.last_at, UnknownMac.settled_at.is_(None)),
    (UnknownMac.settled_at, UnknownMac.registration_id.is_(None)),
)


def set_right(session: Session, now: datetime) -> int:
    """Bring moments after `now` back to it; returns the number of rows.

    A moment that is due a while after another keeps that distance.
    """
    future = now + SKEW
    rows = changed(session, update(LastRun).where(LastRun.at > future).values(at=now))
    if rows:  # job runners made rounds by that clock
        _forget_told(session, future)
        rows += changed(session, update(Job).where(Job.due_at > future).values(due_at=now))
    for moment, which in _LAST:
        late = update(moment.class_).where(which, moment > future)
        late = late.execution_options(synchronize_session=False)
        rows += changed(session, late.values({moment.key: now}))
    is_ahead = (Notification.occurred_at > future) | (Notification.attempted_at > future)
    owed = select(Notification).where(Notification.state == PENDING, is_ahead)
    for notification in session.scalars(owed):
        _set_right(notification, now)
        rows += 1
    is_open = Bench.ended_at.is_(None) & (Bench.created_at > future)
    for bench in session.scalars(select(Bench).where(is_open)):
        bench.until = now + (bench.until - bench.created_at)
        bench.created_at = now
        rows += 1
    return rows


def _set_right(pending: Notification, now: datetime) -> None:
    if pending.occurred_at > now:
        if pending.due_at is not None:
            pending.due_at = now + (pending.due_at - pending.occurred_at)
        pending.occurred_at = now
    if pending.attempted_at is not None and pending.attempted_at > now:
        in_doubt = Doubt.of(pending, now)
        pending.attempted_at, pending.retry_at = now, None
        pending.lost_at = in_doubt.lost_at if in_doubt else None


def _forget_told(session: Session, future: datetime) -> None:
    """Forget the daily messages of days to come, so that they are sent when their days come."""
    is_dated = Notification.once.is_not(None) & Notification.kind.in_((DIGEST, TROUBLE))
    session.execute(
        update(Notification).where(is_dated, Notification.occurred_at > future).values(once=None)
    )
