"""The times for which rows are kept, and the moment until which they are counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import put
from infrastructure.jobs.models import LastRun
from provisioning.munki.models import Revision
from provisioning.registrations.models import Event, Registration

MAX_AHEAD = timedelta(days=2)  # of the last run: a clock that jumps must not delete everything
_COUNTED = "retention"  # the name of the row


@dataclass(frozen=True, slots=True)
class Retention:
    """The times for which rows are kept; None means forever.

    `messages` are those that Slack has, `imports` the Macs of settled ones.
    """

    events: timedelta | None = timedelta(days=730)
    revisions: timedelta | None = timedelta(days=365)
    messages: timedelta | None = timedelta(days=90)
    imports: timedelta | None = timedelta(days=90)


def count_until(session: Session, now: datetime) -> datetime:
    """Return the moment that counts as the present of this run, and store it for the next one.

    It is `now`, or MAX_AHEAD of the last run where the clock jumped further: so a wrong clock
    deletes little before a person sees it. Before the first run, the newest row counts as the last.
    """
    last = counted_until(session) or _newest_row(session)
    until = now if last is None else min(now, last + MAX_AHEAD)
    put(session, LastRun, {"what": _COUNTED}, {"at": until})
    return until


def counted_until(session: Session) -> datetime | None:
    """Return the moment that counted as the present of the last run; None before the first one."""
    return session.scalar(select(LastRun.at).where(LastRun.what == _COUNTED))


def _newest_row(session: Session) -> datetime | None:
    """The moment of the newest row in the tables of daily work; None where there is none."""
    moments = [
        session.scalar(select(at).order_by(table.id.desc()).limit(1))
        for table, at in (
            (Event, Event.at),
            (Revision, Revision.at),
            (Registration, Registration.changed_at),
        )
    ]
    return max((each for each in moments if each is not None), default=None)
