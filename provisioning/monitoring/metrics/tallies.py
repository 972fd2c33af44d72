"""The tallies of a process, and the sums of all processes in the database."""

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from threading import Lock

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.statements.dialects import upsert
from infrastructure.errors import first_line
from infrastructure.execution.delayed import DelayedCall
from provisioning.monitoring.metrics import counted
from provisioning.monitoring.metrics.counted import Counted
from provisioning.monitoring.metrics.labels import label, of_site, summed
from provisioning.monitoring.metrics.models import Tally

log = structlog.get_logger()

PAUSE = 10.0  # seconds from the first of what is counted to the transaction for all of it
BOUND, SUM = "le", "_sum"  # the label of a histogram's buckets; the end of the name of its sum
ELSEWHERE = "unmatched"  # the route of requests for no route

Key = tuple[Counted, tuple[str, ...]]  # with the values of its labels


class CountBatch:
    """A batch of counts for one transaction: of events, and of times by their buckets."""

    def __init__(self) -> None:
        self.events: defaultdict[Key, int] = defaultdict(int)
        # For each histogram the number in each bucket, and at the end the sum of the times.
        self.times: dict[Key, list[float]] = {}

    def add(self, key: Key, number: int = 1) -> None:
        """Count events."""
        self.events[key] += number

    def time(self, key: Key, seconds: float) -> None:
        """Count a time."""
        bounds = key[0].bounds
        times = self.times.get(key)
        if times is None:
            times = self.times[key] = [0.0] * (len(bounds) + 2)
        times[bisect_left(bounds, seconds)] += 1
        times[-1] += seconds

    def merge(self, other: "CountBatch") -> None:
        """Add all counts of another batch."""
        for key, number in other.events.items():
            self.add(key, number)
        for key, times in other.times.items():
            mine = self.times.get(key, [0.0] * len(times))
            self.times[key] = [sum(pair) for pair in zip(mine, times, strict=True)]

    def rows(self) -> Iterator[tuple[tuple[str, str], float]]:
        """Yield the name and the labels of each row of the table, and what to add to it."""
        for (metric, values), number in self.events.items():
            yield (metric.name, _labels(metric, values)), number
        for (metric, values), (*buckets, seconds) in self.times.items():
            for bound, count in zip(metric.buckets, buckets, strict=True):
                if count:
                    yield (metric.name, _labels(metric, values, **{BOUND: bound})), count
            yield (metric.name + SUM, _labels(metric, values)), seconds


class Tallies:
    """The tallies of one process. Threads may share one.

    They are added to the database every PAUSE, while there are any. What cannot be added is kept
    until it can; a process that is killed loses what it counted since. Sums in the database never
    fall, and processes leave nothing else behind.
    """

    def __init__(self, database: Database, pause: float = PAUSE) -> None:
        self._database = database
        self._lock, self._writing = Lock(), Lock()
        self._batch = CountBatch()
        self._soon = DelayedCall(self.write, pause)
        self._has_ended = False
        database.before_close(self.close)

    def request(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count a request; one without a `route` may be for anything, by any method."""
        method, route = ("any", ELSEWHERE) if route is None else (method, route)
        self._add(counted.REQUESTS, method, route, str(status))
        self._time(counted.REQUEST_SECONDS, seconds, method, route)

    def expect_refusals(self, reasons: Iterable[str]) -> None:
        """Have the counters of refusals begin with 0: Prometheus sees no rise of a first value."""
        for reason in reasons:
            self._add(counted.REFUSALS, reason, number=0)

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
        """Add the counts to the database. Failures are logged, and nothing is lost."""
        with self._writing:
            with self._lock:
                batch, self._batch = self._batch, CountBatch()
            rows = summed(batch.rows())
            if not rows:
                return
            try:
                with self._database.begin() as session:
                    add(session, rows, datetime.now(UTC))
            except (SQLAlchemyError, OSError) as error:
                log.error("tallies cannot be written", reason=first_line(error))
                with self._lock:
                    self._batch.merge(batch)
                    self._write_soon()

    def close(self) -> None:
        """Write the last counts, at the end of the process. Later counts are lost."""
        with self._lock:
            self._has_ended = True  # or a late count would open the closed database again
        self.write()
        self._soon.cancel()

    def _add(self, metric: Counted, *values: str, number: int = 1) -> None:
        with self._lock:
            self._batch.add((metric, values), number)
            self._write_soon()

    def _time(self, metric: Counted, seconds: float, *values: str) -> None:
        with self._lock:
            self._batch.time((metric, values), max(0.0, seconds))
            self._write_soon()

    def _write_soon(self) -> None:
        if not self._has_ended:
            self._soon.request()


class NoTallies(Tallies):
    """Tallies that count nothing: those of commands, which end by themselves."""

    def __init__(self) -> None:
        """Need no database."""

    def write(self) -> None:
        """Write nothing."""

    def close(self) -> None:
        """Close nothing."""

    def _add(self, *_: object, **__: object) -> None:
        return

    def _time(self, *_: object) -> None:
        return


def add(session: Session, rows: Mapping[tuple[str, str], float], at: datetime) -> None:
    """Add values to the sums in the database, by metric and labels."""
    insert = upsert(session, Tally)
    adding = insert.on_conflict_do_update(
        index_elements=[Tally.metric, Tally.labels],
        set_={"value": Tally.value + insert.excluded.value},
    )
    # In one order, so that two processes never wait for each other's rows.
    ordered = [
        {"metric": metric, "labels": labels, "value": value, "since": at}
        for (metric, labels), value in sorted(rows.items())
    ]
    session.execute(adding, ordered)


def _labels(metric: Counted, values: Sequence[str], **more: str) -> str:
    named = dict(zip(metric.labels, map(label, values), strict=True))
    return json.dumps(named | more)


def sums(session: Session) -> Iterator[tuple[str, dict[str, str], float]]:
    """Yield metric, labels and value of each sum, those that were counted first to begin with."""
    rows = select(Tally.metric, Tally.labels, Tally.value)
    ordered = rows.order_by(Tally.since, Tally.metric, Tally.labels)
    for metric, labels, value in session.execute(ordered):
        yield metric, json.loads(labels), value
