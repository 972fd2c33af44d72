"""The exposition of all metrics, as Prometheus reads it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import structlog
from prometheus_client import Metric
from prometheus_client.core import InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.exposition import generate_latest as in_text_format
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST
from prometheus_client.openmetrics.exposition import generate_latest as in_openmetrics
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.database.engine import Database
from infrastructure.errors import first_line
from infrastructure.heartbeats.trials import HangGuard
from provisioning.monitoring.metrics import backlog, sums
from provisioning.monitoring.metrics.backlog import gauge
from provisioning.monitoring.metrics.macs import MacCounts

log = structlog.get_logger()

OPENMETRICS = "application/openmetrics-text"  # asked for by Prometheus 2.5 and later
PATIENCE = 8.0  # seconds for an answer; Prometheus gives us ten


class Exposition:
    """An exposition of the metrics of an installation: any server has those of all processes.

    `usable` returns the usable parts of the server, the `database` among them; without that it is
    all there is. `parts` are the processes that it has to run.
    """

    def __init__(
        self,
        database: Database,
        *,
        usable: Callable[[], Mapping[str, bool]],
        parts: Collection[str],
        version: str,
    ) -> None:
        self._database, self._mac_counts = database, MacCounts(database)
        self._usable, self._parts, self._version = usable, parts, version
        self._guard = HangGuard(
            self._collected, lambda _: self._without_database(), moment=PATIENCE, limit=PATIENCE
        )

    def written(self, accept: str) -> tuple[bytes, str]:
        """Return all metrics and their media type, by the Accept header.

        A database that fails or hangs meanwhile counts as unusable.
        """
        families = Families(self._guard.answer())
        if OPENMETRICS in accept:
            text: bytes = in_openmetrics(families)  # type: ignore[no-untyped-call] # untyped there
            return text, CONTENT_TYPE_LATEST
        return in_text_format(families), CONTENT_TYPE_PLAIN_0_0_4

    def families(self) -> Iterator[Metric]:
        """Yield all metrics. Raises SQLAlchemyError."""
        usable = self._usable()
        yield from self._states(usable)
        if not usable["database"]:
            return
        yield from self._macs()
        with self._database.reading() as session:
            yield from backlog.families(session, datetime.now(UTC), self._parts)
            yield from sums.families(session)

    def _collected(self) -> list[Metric]:
        try:
            return list(self.families())
        except SQLAlchemyError as error:
            log.error("metrics cannot be read", reason=first_line(error))
            return self._without_database()

    def _without_database(self) -> list[Metric]:
        return list(self._states({**self._usable(), "database": False}))

    def _states(self, usable: Mapping[str, bool]) -> Iterator[Metric]:
        yield InfoMetricFamily("rollcall_build", "The release.", {"version": self._version})
        meaning = "1 where this server can use it, else 0."
        states = [((part,), float(is_usable)) for part, is_usable in usable.items()]
        yield gauge("rollcall_usable", meaning, ("part",), states)

    def _macs(self) -> Iterator[Metric]:
        numbers = self._mac_counts.current()
        macs = [((site, state), number) for site, state, number in numbers.macs]
        names = ("site", "state")
        yield gauge("rollcall_macs", "Macs with an open registration.", names, macs)
        meaning = "Time since the Macs were counted."
        yield gauge("rollcall_macs_age_seconds", meaning, (), [((), numbers.age)])


class Families:
    """A collection of metrics in the form of prometheus_client's registries."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Sequence[Metric]:
        """Return the metrics."""
        return self._families
