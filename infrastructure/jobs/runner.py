"""A job runner: it runs slow jobs, such as the reading of files, and periodic tasks.

It is a process of its own, so that it delays no Mac, no command and no message.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Event
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError, Temporary, first_line
from infrastructure.execution import loop
from infrastructure.execution.loop import unique_name, utc_now
from infrastructure.execution.retry import backoff
from infrastructure.heartbeats.process import Pulse, unheard
from infrastructure.jobs import queue
from infrastructure.jobs.models import Job

log = structlog.get_logger()

POLL = 0.2  # seconds between looks at a list with nothing to do
INTERVAL = timedelta(seconds=10)  # between two runs of the periodic tasks
ATTEMPTS = 4  # at a job, before it is given up

Record = Callable[[Session, datetime], None]


class JobHandler(Protocol):
    """A handler of jobs of one kind."""

    def do(self, payload: dict[str, Any]) -> Record:
        """Do the slow part, outside of any transaction; return a function that records the result.

        Raises RollcallError where another attempt would not help, unless it is Temporary.
        """

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Return a function that records the failure of a job, with its reason."""


# A task that is called once in each INTERVAL, in a transaction of its own.
PeriodicTask = Callable[[Session, datetime], object]


class JobRunner:
    """A runner of jobs and periodic tasks. Any number may work on one database.

    `count` is called with the kind and the outcome of each job.
    """

    def __init__(
        self,
        database: Database,
        jobs: Mapping[str, JobHandler],
        periodic_tasks: Sequence[PeriodicTask],
        *,
        clock: Callable[[], datetime] = utc_now,
        pulse: Pulse = unheard,
        count: Callable[[str, str], None] = lambda _kind, _outcome: None,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._periodic_tasks = periodic_tasks
        self._clock = clock
        self._pulse = pulse
        self._count = count
        self._next_run: datetime | None = None
        self._name = unique_name()

    def run(self, stop: Event) -> None:
        """Run jobs and periodic tasks until `stop` is set; the present job is still finished."""
        log.info("job runner started", holder=self._name)
        loop.run(self._step, stop)
        log.info("job runner stopped", holder=self._name)

    def _step(self) -> float:
        """Run the periodic tasks that are due, and a job. Returns the pause, in seconds."""
        self._pulse()
        self.run_periodic()
        return 0.0 if self.work() else POLL

    def run_periodic(self) -> None:
        """Run the periodic tasks if it is time. A fault in one does not keep the others."""
        now = self._clock()
        if self._next_run is not None and self._next_run - INTERVAL <= now < self._next_run:
            return
        self._next_run = now + INTERVAL
        for task in self._periodic_tasks:
            self._pulse()
            name = getattr(task, "__name__", str(task))
            try:
                with self._database.begin() as session:
                    task(session, now)
            # Mostly of a database that is away, or a standby, for all of them.
            except (OperationalError, InternalError) as error:
                log.error("periodic task failed", task=name, reason=first_line(error))
            except Exception:
                log.exception("periodic task failed", task=name)

    def work(self) -> bool:
        """Do the next job that is due. Returns True if there was one."""
        with self._database.reading() as session:
            if not queue.is_any_due(session, self._clock(), self._jobs.keys()):
                return False
        with self._database.begin() as session:
            job = queue.claim(session, self._name, self._clock(), self._jobs.keys())
        if job is None:
            return False
        self._pulse(f"busy with {job.what}", queue.LEASE.total_seconds())
        with structlog.contextvars.bound_contextvars(job=job.id, what=job.what):
            self._record(job, self._done(job))
        return True

    def _done(self, job: Job) -> Record | None:
        """Do a job and return the function that records its result; None: try again later."""
        if job.attempts > ATTEMPTS:  # job runners died of it, so it is not begun again
            return self._given_up(job, f"it was begun {ATTEMPTS} times and never ended")
        try:
            return self._jobs[job.what].do(job.facts)
        except SQLAlchemyError:
            raise
        except Exception as error:
            if isinstance(error, RollcallError) and not isinstance(error, Temporary):
                log.warning("job cannot be done", reason=str(error))
                return self._given_up(job, str(error))
            log.exception("job failed")
            if job.attempts < ATTEMPTS:
                return None
            return self._given_up(job, f"it failed {job.attempts} times: {error}"[:200])

    def _given_up(self, job: Job, reason: str) -> Record:
        """Return the function that records the failure of a job.

        A job with facts that its handler cannot even tell of ends without a word to people: it
        would end every job runner that claims it.
        """
        try:
            return self._jobs[job.what].give_up(job.facts, reason)
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("job dropped", reason=reason)
            return _nothing

    def _record(self, job: Job, record: Record | None) -> None:
        """Record the result of a job; a job whose result cannot be recorded is tried again."""
        outcome = "put off" if record is None else "done"
        try:
            with self._database.begin() as session:
                if record is None:
                    self._put_off(session, job)
                elif queue.finish(session, job):
                    record(session, self._clock())
                else:
                    outcome = "somebody else has it"
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("job cannot be recorded")
            with self._database.begin() as session:
                self._put_off(session, job)
            outcome = "put off"
        self._count(job.what, outcome)
        log.info("job", outcome=outcome, attempts=job.attempts)

    def _put_off(self, session: Session, job: Job) -> None:
        queue.put_off(session, job, self._clock() + backoff(job.attempts))


def _nothing(_session: Session, _at: datetime) -> None:
    """The record of a job of which there is nothing to tell."""
