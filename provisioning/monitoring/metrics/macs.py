"""The numbers of Macs by site and state, counted at intervals and stored in the database."""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.statements.dialects import put
from infrastructure.errors import first_line
from infrastructure.heartbeats.store import present
from provisioning.monitoring.metrics.labels import few, of_site, summed
from provisioning.monitoring.metrics.models import MacCount
from provisioning.registrations.models import IS_OPEN, STALLED, Registration

log = structlog.get_logger()

REFRESH_AGE = 40.0  # seconds after which Macs are counted again
MAX_AGE = 60.0  # seconds; an older count is not shown
SCRAPE_MEMORY = 600.0  # seconds after a scrape for which Macs are counted without being asked
INTERVAL = 10.0  # seconds between two looks at the count
_ROW = 1  # the id of the one row
# Reads ix_registrations_open_states alone: the rows of a million Macs take five times as long.
NUMBERS = select(Registration.site, Registration.state, func.count()).group_by(
    Registration.state, Registration.site
)


@dataclass(frozen=True, slots=True)
class MacNumbers:
    """The numbers of Macs with an open registration, each with a site and a state.

    They were counted `age` seconds ago.
    """

    macs: Sequence[tuple[str, str, int]]
    age: float


class MacCounts:
    """Counts of Macs that are at most MAX_AGE old. Threads may share one.

    Servers share one count, which is renewed at scrapes.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked = float("-inf")
        self._starting, self._counting = Lock(), Lock()
        self._ended = Event()
        self._renewing: Thread | None = None
        database.before_close(self._end)

    def current(self) -> MacNumbers:
        """Return the last count; where it is too old, a new one is made. Raises DBAPIError."""
        self._asked = time.monotonic()
        self._renew_from_now_on()
        return self._newer_than(MAX_AGE)

    def _newer_than(self, seconds: float) -> MacNumbers:
        if numbers := self._kept(seconds):
            return numbers
        with self._counting:
            if numbers := self._kept(seconds):
                return numbers
            with self._database.reading() as session:
                macs = count(session)
            with self._database.begin() as session:
                keep(session, macs)
        return MacNumbers(macs, 0.0)

    def _kept(self, seconds: float) -> MacNumbers | None:
        """The stored count, if it is not older than that."""
        with self._database.reading() as session:
            numbers = kept(session)
        return numbers if numbers and 0 <= numbers.age <= seconds else None

    def _renew_from_now_on(self) -> None:
        with self._starting:
            if not self._ended.is_set() and not (self._renewing and self._renewing.is_alive()):
                self._renewing = Thread(target=self._renew, name="counts", daemon=True)
                self._renewing.start()

    def _renew(self) -> None:
        while time.monotonic() - self._asked < SCRAPE_MEMORY and not self._ended.wait(INTERVAL):
            try:
                self._newer_than(REFRESH_AGE)
            except (SQLAlchemyError, OSError) as error:
                log.error("Macs cannot be counted", reason=first_line(error))

    def _end(self) -> None:
        self._ended.set()
        if self._renewing is not None:
            with suppress(RuntimeError):
                self._renewing.join()


def count(session: Session) -> list[tuple[str, str, int]]:
    """Return site, state and number of the Macs of this moment; reads only."""
    numbers = {
        (site, state): number for site, state, number in session.execute(NUMBERS.where(IS_OPEN))
    }
    is_stalled = IS_OPEN & Registration.is_stalled
    for site, imaging, number in session.execute(NUMBERS.where(is_stalled)):
        numbers[site, imaging] = numbers.get((site, imaging), 0) - number
        numbers[site, STALLED] = number
    rows = [
        (of_site(site), state, number) for (site, state), number in numbers.items() if number > 0
    ]
    return list(_of_few_sites(rows))


def _of_few_sites(rows: list[tuple[str, str, int]]) -> Iterator[tuple[str, str, int]]:
    """Return rows for the sites with most Macs, and one for all others together."""
    of_sites = summed(((site,), number) for site, _, number in rows)
    named = few(site for (site,), _ in sorted(of_sites.items(), key=lambda each: (-each[1], each)))
    total = summed(((named(site), state), number) for site, state, number in rows)
    return ((site, state, number) for (site, state), number in sorted(total.items()))


def keep(session: Session, macs: Sequence[tuple[str, str, int]]) -> None:
    """Store the numbers of this moment, by the database's clock."""
    put(session, MacCount, {"id": _ROW}, {"at": present(session), "macs": macs})


def kept(session: Session) -> MacNumbers | None:
    """Return the stored numbers; None where Macs were never counted."""
    row = session.execute(select(MacCount.at, MacCount.macs)).one_or_none()
    if row is None:
        return None
    age = (present(session) - row.at).total_seconds()
    return MacNumbers([(site, state, number) for site, state, number in row.macs], age)
