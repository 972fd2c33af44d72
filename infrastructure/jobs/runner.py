"""The clerk: does what takes longer than an answer may, and looks after what nobody asks for.

Files are read, pictures drawn, silence noticed. Nothing here holds up a Mac, a command or a
message: it is a process of its own.
"""

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Event
from typing import Any, Protocol
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError
from infrastructure.heartbeats.process import Pulse, unheard
from infrastructure.jobs import queue
from infrastructure.jobs.models import Job
from infrastructure.loop import backoff, utc_now

log = structlog.get_logger()

POLL = 0.2  # seconds between looks at a list with nothing to do
REST = 5.0  # seconds after the database failed
EVERY = timedelta(seconds=10)  # a round
ATTEMPTS = 4  # at a job, before it is given up

Record = Callable[[Session, datetime], None]


class Work(Protocol):
    """How jobs of one kind are done."""

    def do(self, facts: dict[str, Any]) -> Record:
        """Do the slow part, outside of any transaction; returns what writes the result down.

        Raises RollcallError where trying again would be of no use.
        """

    def give_up(self, facts: dict[str, Any], reason: str) -> Record:
        """Return what writes down that it could not be done."""


# What is looked after in every round: a transaction each.
Round = Callable[[Session, datetime], object]


class JobRunner:
    """Does jobs and makes rounds. Any number of clerks may work on one database."""

    def __init__(
        self,
        database: Database,
        works: Mapping[str, Work],
        rounds: Sequence[Round],
        *,
        clock: Callable[[], datetime] = utc_now,
        pulse: Pulse = unheard,
    ) -> None:
        self._database = database
        self._works = works
        self._rounds = rounds
        self._clock = clock
        self._pulse = pulse
        self._next_round: datetime | None = None
        self._name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"

    def run(self, stop: Event) -> None:
        """Work until `stop` is set; what is being done then is still finished."""
        log.info("clerk started", holder=self._name)
        while not stop.is_set():
            try:
                self._pulse()
                self.look_round()
                pause = 0.0 if self.work() else POLL
            except SQLAlchemyError as error:
                log.error("database failed", reason=str(error).splitlines()[0])
                pause = REST
            stop.wait(pause)
        log.info("clerk stopped", holder=self._name)

    def look_round(self) -> None:
        """Make a round if it is time for one. A fault in one duty does not keep the others."""
        now = self._clock()
        if self._next_round is not None and self._next_round - EVERY <= now < self._next_round:
            return
        self._next_round = now + EVERY
        for duty in self._rounds:
            self._pulse()
            try:
                with self._database.begin() as session:
                    duty(session, now)
            except Exception:
                log.exception("a duty failed", duty=getattr(duty, "__name__", str(duty)))

    def work(self) -> bool:
        """Do the next job that is due. Returns whether there was one."""
        with self._database.reading() as session:
            if not queue.is_any_due(session, self._clock(), self._works.keys()):
                return False
        with self._database.begin() as session:
            job = queue.claim(session, self._name, self._clock(), self._works.keys())
        if job is None:
            return False
        self._pulse(f"busy with {job.what}", queue.LEASE.total_seconds())
        with structlog.contextvars.bound_contextvars(job=job.id, what=job.what):
            self._record(job, self._done(job))
        return True

    def _done(self, job: Job) -> Record | None:
        """Do a job and return what is to be recorded; None: try again later."""
        work = self._works[job.what]
        if job.attempts > ATTEMPTS:  # clerks died of it, so it is not begun again
            return work.give_up(job.facts, f"it was begun {ATTEMPTS} times and never ended")
        try:
            return work.do(job.facts)
        except SQLAlchemyError:
            raise
        except RollcallError as error:
            log.warning("cannot be done", reason=str(error))
            return work.give_up(job.facts, str(error))
        except Exception as error:
            log.exception("failed")
            if job.attempts < ATTEMPTS:
                return None
            return work.give_up(job.facts, f"it failed {job.attempts} times: {error}"[:200])

    def _record(self, job: Job, record: Record | None) -> None:
        """Write down what came of a job. What cannot be written is tried again with the job."""
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
            log.exception("cannot be recorded")
            with self._database.begin() as session:
                self._put_off(session, job)
            outcome = "put off"
        log.info("job", outcome=outcome, attempts=job.attempts)

    def _put_off(self, session: Session, job: Job) -> None:
        queue.put_off(session, job, self._clock() + backoff(job.attempts))
