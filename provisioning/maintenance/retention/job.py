"""The daily job of retention, which deletes in small steps, so that Macs do not wait."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

import structlog
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.sqlite import sqlite_files
from infrastructure.jobs import queue
from infrastructure.jobs.runner import Record
from provisioning.maintenance.retention import periods
from provisioning.maintenance.retention.periods import Retention
from provisioning.maintenance.retention.sweeps import SWEEPS

log = structlog.get_logger()

RETENTION = "retention"  # the job
JOB_SECONDS = 2.0  # seconds of steps in one job: other jobs wait for so long
PAUSE = 0.1  # seconds between two steps, each a transaction of its own
JOB_INTERVAL = timedelta(seconds=8)  # between two jobs
PAGES = "pages"  # the last part: of free pages, an SQLite file gives some back to the disk
PARTS = (*SWEEPS, PAGES)


@dataclass(frozen=True, slots=True)
class RunProgress:
    """The progress of a run: its present part of PARTS, and the last row of that.

    `until` counts as the present; `counts` are the numbers of rows, and of pages, by part. `part`
    is None at the end.
    """

    until: datetime
    part: str | None = PARTS[0]
    after: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as a job keeps it."""
        return {**asdict(self), "until": self.until.isoformat()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `to_json` returned."""
        return cls(
            datetime.fromisoformat(kept["until"]), kept["part"], kept["after"], kept["counts"]
        )

    def going_on(self, after: int, number: int) -> Self:
        """Return the progress after a step that deleted a `number` of rows."""
        part = str(self.part)
        counts = {**self.counts, part: self.counts.get(part, 0) + number}
        return replace(self, after=after, counts=counts)

    def next_part(self) -> Self:
        """Return the progress at the beginning of the next part."""
        following = PARTS[PARTS.index(str(self.part)) + 1 :]
        return replace(self, part=following[0] if following else None, after=0)


def enqueue(session: Session, now: datetime) -> None:
    """Enqueue a run, unless one is under way."""
    if not queue.is_any(session, RETENTION):
        progress = RunProgress(periods.count_until(session, now))
        queue.enqueue(session, RETENTION, progress.to_json(), at=now)


class RetentionJob:
    """A job that does steps for JOB_SECONDS, and enqueues the job that goes on after them.

    A crash repeats steps whose rows are gone. `sleep` and `clock` are those of the machine.
    """

    def __init__(
        self,
        database: Database,
        kept: Retention,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database, self._periods = database, kept
        self._sleep, self._clock = sleep, clock

    def do(self, payload: dict[str, Any]) -> Record:
        """Go on with a run; `payload` is its `RunProgress`."""
        progress, end = RunProgress.from_json(payload), self._clock() + JOB_SECONDS
        while progress.part is not None and self._clock() < end:
            progress = self._step(progress)
            self._sleep(PAUSE)

        def record(session: Session, now: datetime) -> None:
            if progress.part is None:
                log.info("old rows deleted", until=progress.until.isoformat(), **progress.counts)
            else:
                queue.enqueue(session, RETENTION, progress.to_json(), at=now + JOB_INTERVAL)

        return record

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Leave the rest to the run of the next day."""
        log.warning("deletion of old rows given up", reason=reason, **payload)
        return lambda _, __: None

    def _step(self, progress: RunProgress) -> RunProgress:
        if progress.part == PAGES:
            with self._database.begin() as session:
                pages = sqlite_files.give_back(session)
            return progress.going_on(0, pages) if pages else progress.next_part()
        sweep = SWEEPS[str(progress.part)]
        with self._database.reading() as session:
            found = sweep.expired(session, self._periods, progress.until)
            page = sweep.page(session, progress.after, found) if found else None
        if found is None or page is None:
            return progress.next_part()
        deleted = 0
        if page.ids:
            with self._database.begin() as session:
                deleted = sweep.delete(session, page, found)
        return progress.going_on(page.last, deleted)
