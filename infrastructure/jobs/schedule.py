"""When something was last looked after, for clerks who do it once, whichever does."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import upsert
from infrastructure.jobs.models import LastRun


def take_turn(session: Session, what: str, now: datetime) -> datetime:
    """Return when `what` was last looked after, and keep others from it until the commit.

    Where it never was, that is `now`.
    """
    query = select(LastRun.at).where(LastRun.what == what).with_for_update()
    last = session.scalar(query)
    if last is None:
        fresh = upsert(session, LastRun).values(what=what, at=now).on_conflict_do_nothing()
        session.execute(fresh)
        last = session.scalar(query)
    return last or now


def note(session: Session, what: str, at: datetime) -> None:
    """Remember that it was looked after."""
    session.execute(update(LastRun).where(LastRun.what == what).values(at=at))
