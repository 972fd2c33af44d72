"""The last runs of periodic tasks, so that only one of several job runners does each."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import add_new
from infrastructure.jobs.models import LastRun


def lock_last_run(session: Session, task: str, now: datetime) -> datetime:
    """Return the last run of the task `task`, locked for other runners until the commit.

    Where it never ran, that is `now`.
    """
    query = select(LastRun.at).where(LastRun.what == task).with_for_update()
    last = session.scalar(query)
    if last is None:
        add_new(session, LastRun, what=task, at=now)
        last = session.scalar(query)
    return last or now


def note(session: Session, task: str, at: datetime) -> None:
    """Record a run of the task `task`."""
    session.execute(update(LastRun).where(LastRun.what == task).values(at=at))
