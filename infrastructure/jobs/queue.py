"""A queue of jobs: work that is too slow for an answer to Slack or to a Mac.

A job is enqueued in the transaction of its cause, so that neither exists without the other.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, true, update
from sqlalchemy.orm import Session

from infrastructure.database import instants
from infrastructure.database.statements.dialects import changed
from infrastructure.jobs.models import Job

LEASE = timedelta(minutes=3)  # longer than any work takes


def enqueue(session: Session, kind: str, payload: dict[str, Any], *, at: datetime) -> None:
    """Enqueue a job of a `kind` with a `payload` (a JSON object), to be run at `at` or later."""
    session.add(Job(what=kind, facts=payload, due_at=at))


def is_any(session: Session, *kinds: str) -> bool:
    """Return True if a job of one of these kinds is not done yet; reads only."""
    return bool(session.scalar(select(exists().where(Job.what.in_(kinds)))))


def is_any_due(session: Session, now: datetime, kinds: Collection[str] | None = None) -> bool:
    """Return True if a claim at `now` could succeed; reads only."""
    return bool(session.scalar(select(exists().where(_due(now, kinds)))))


def claim(
    session: Session, holder: str, now: datetime, kinds: Collection[str] | None = None
) -> Job | None:
    """Claim the oldest job that is due, for the length of a lease; None where there is none.

    Only one of `kinds`, where given: while processes are exchanged there are jobs that only the
    newer ones can do. Commit before working: a job runner that dies leaves the job to the next one,
    after the lease.
    """
    due = select(Job).where(_due(now, kinds)).order_by(Job.due_at, Job.id).limit(1)
    job = session.scalars(due.with_for_update(skip_locked=True)).one_or_none()
    if job is not None:
        job.attempts += 1
        job.leased_until, job.holder = now + LEASE, holder
    return job


def finish(session: Session, job: Job) -> bool:
    """Delete a job that is done; False where its lease ran out and another runner has it.

    Called in the transaction of its result, which must not be committed where this is False.
    """
    return changed(session, delete(Job).where(_is_held(job))) == 1


def put_off(session: Session, job: Job, until: datetime) -> None:
    """Put off a job, which is tried again at `until` or later, unless another runner has it."""
    free = {"due_at": until, "leased_until": None, "holder": None}
    session.execute(update(Job).where(_is_held(job)).values(free))


def _is_held(job: Job) -> ColumnElement[bool]:
    """The condition that a job is still that of the runner which claimed `job`."""
    return (Job.id == job.id) & (Job.holder == job.holder) & (Job.attempts == job.attempts)


def _due(now: datetime, kinds: Collection[str] | None) -> ColumnElement[bool]:
    free = or_(Job.leased_until.is_(None), instants.passed(Job.leased_until, now, LEASE))
    is_doable = true() if kinds is None else Job.what.in_(kinds)
    return and_(Job.due_at <= now, free, is_doable)
