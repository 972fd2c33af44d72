"""The tallies of a process, and the sums of all processes in the database."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from threading import Lock, Timer

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database, upsert
from infrastructure.errors import first_line
from provisioning.monitoring.metrics import counted
from provisioning.monitoring.metrics.counted import Counted
from provisioning.monitoring.metrics.labels import label, of_site
from provisioning.monitoring.metrics.models import Tally

log = structlog.get_logger()

PAUSE = 10.0  # seconds from the first of what is counted to the transaction for all of it
BOUND, SUM = "le", "_sum"  # the label of a histogram's buckets; the end of the name of its sum
ELSEWHERE = "unmatched"  # the route of requests for no route

Key = tuple[str, tuple[tuple[str, str], ...]]


class Tallies:
    """The tallies of one process. Threads may share one.

    They are added to the database every PAUSE, while there are any. What cannot be added is kept
    until it can; a process that is killed loses what it counted since. Sums in the database never
    fall, and processes leave nothing else behind.
    """

    def __init__(self, database: Database, pause: float = PAUSE) -> None:
        self._database, self._pause = database, pause
        self._lock, self._writing = Lock(), Lock()
        self._counts: defaultdict[Key, float] = defaultdict(float)
        self._timer: Timer | None = None
        database.before_close(self.close)

    def request(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count a request; one without a `route` may be for anything, by any method."""
        method, route = ("any", ELSEWHERE) if route is None else (method, route)
        self._add(counted.REQUESTS, method, route, str(status))
        self._time(counted.REQUEST_SECONDS, seconds, method, route)

    def refusal(self, reason: str) -> None:
        """Count a caller that was refused; reasons are ours, and few."""
        self._add(counted.REFUSALS, reason)

    def first_boot(self, site: str, wait: float | None) -> None:
        """Count a first boot; `wait` are the seconds since it was registered, None for no wait."""
        self._add(counted.FIRST_BOOTS, of_site(site))
        if wait is not None:
            self._time(counted.CONFIRMATION_SECONDS, wait)

    def prestaged(self, site: str) -> None:
        """Count a Mac whose manifest was written before it booted."""
        self._add(counted.PRESTAGED, of_site(site))

    def delivery(self, kind: str, outcome: str) -> None:
        """Count an attempt to deliver a message."""
        self._add(counted.DELIVERIES, kind, outcome)

    def job(self, kind: str, outcome: str) -> None:
        """Count a job that was run."""
        self._add(counted.JOBS, kind, outcome)

    def repo_call(self, backend: str, call: str, seconds: float, *, failed: bool) -> None:
        """Count a call of the Munki repo; `failed` where it could not be used."""
        self._time(counted.REPO_SECONDS, seconds, backend, call)
        if failed:
            self._add(counted.REPO_ERRORS, backend, call)

    def write(self) -> None:
        """Add what is counted to the database. Failures are logged, and nothing is lost."""
        with self._writing:
            with self._lock:
                counts, self._counts, self._timer = self._counts, defaultdict(float), None
            if not counts:
                return
            try:
                with self._database.begin() as session:
                    add(session, counts, datetime.now(UTC))
            except (SQLAlchemyError, OSError) as error:
                log.error("tallies cannot be written", reason=first_line(error))
                with self._lock:
                    for key, value in counts.items():
                        self._counts[key] += value
                    self._write_soon()

    def close(self) -> None:
        """Write what is left: the process ends, or does without its database."""
        self.write()
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _add(self, metric: Counted, *values: str) -> None:
        labels = tuple(zip(metric.labels, values, strict=True))
        with self._lock:
            self._counts[metric.name, labels] += 1
            self._write_soon()

    def _time(self, metric: Counted, seconds: float, *values: str) -> None:
        labels = tuple(zip(metric.labels, values, strict=True))
        bucket = (*labels, (BOUND, metric.bucket(seconds)))
        with self._lock:
            self._counts[metric.name, bucket] += 1
            self._counts[metric.name + SUM, labels] += max(0.0, seconds)
            self._write_soon()

    def _write_soon(self) -> None:
        if self._timer is None:
            self._timer = Timer(self._pause, self.write)
            self._timer.daemon = True
            self._timer.start()


class NoTallies(Tallies):
    """Tallies that count nothing: those of commands, which end by themselves."""

    def __init__(self) -> None:
        """Need no database."""

    def write(self) -> None:
        """Write nothing."""

    def close(self) -> None:
        """Close nothing."""

    def _add(self, *_: object) -> None:
        return

    def _time(self, *_: object) -> None:
        return


def add(session: Session, counts: Mapping[Key, float], at: datetime) -> None:
    """Add counts to the sums in the database."""
    insert = upsert(session, Tally)
    adding = insert.on_conflict_do_update(
        index_elements=[Tally.metric, Tally.labels],
        set_={"value": Tally.value + insert.excluded.value},
    )
    sums: defaultdict[tuple[str, str], float] = defaultdict(float)
    for (metric, labels), value in counts.items():
        sums[metric, json.dumps({name: label(text) for name, text in labels})] += value
    # In one order, so that two processes never wait for each other's rows.
    rows = [
        {"metric": metric, "labels": labels, "value": value, "since": at}
        for (metric, labels), value in sorted(sums.items())
    ]
    session.execute(adding, rows)


def sums(session: Session) -> Iterator[tuple[str, dict[str, str], float]]:
    """Yield metric, labels and value of each sum, those that were counted first to begin with."""
    rows = select(Tally.metric, Tally.labels, Tally.value)
    ordered = rows.order_by(Tally.since, Tally.metric, Tally.labels)
    for metric, labels, value in session.execute(ordered):
        yield metric, json.loads(labels), value
