"""A log of callers, written in batches in the background, so that no request waits."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from threading import Lock

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.errors import first_line
from infrastructure.execution.delayed import DelayedCall
from provisioning.access import credentials, known_clients, refusals
from provisioning.access.refusals import OTHER_ADDRESSES

log = structlog.get_logger()

PAUSE = 1.0  # seconds from a note to the transaction that it shares with what comes meanwhile
MAX_ADDRESSES = 1000  # a day that are counted one by one; the others are counted together


@dataclass(frozen=True, slots=True)
class _Page:
    """A batch of entries for one transaction."""

    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    used: set[int] = field(default_factory=set)
    let_in: set[bytes] = field(default_factory=set)

    def write(self, session: Session, at: datetime) -> None:
        refusals.note(session, self.refused, at)
        if self.used:
            credentials.note_used(session, self.used, at)
        if self.let_in:
            known_clients.note(session, self.let_in, at)


class UsageLog:
    """A log of refusals, uses of credentials and clients let in; one transaction each PAUSE.

    Notes that cannot be written are dropped with a log line; no caller waits for them.
    """

    def __init__(self, database: Database, pause: float = PAUSE) -> None:
        self._database = database
        self._lock, self._writing = Lock(), Lock()
        self._page = _Page()
        self._addresses: set[str] = set()
        self._day: date | None = None
        self._soon = DelayedCall(self.write, pause)
        database.before_close(self._drop)

    def refused(self, address: str, reason: str) -> None:
        """Note that a caller from `address` was refused."""
        with self._lock:
            if address in self._addresses or len(self._addresses) < MAX_ADDRESSES:
                self._addresses.add(address)
            else:
                address = OTHER_ADDRESSES
            self._page.refused[address, reason] += 1
            self._soon.request()

    def used(self, credential_id: int) -> None:
        """Note that a credential was used."""
        with self._lock:
            self._page.used.add(credential_id)
            self._soon.request()

    def let_in(self, client: bytes) -> None:
        """Note that a client was let in, by its hash."""
        with self._lock:
            self._page.let_in.add(client)
            self._soon.request()

    def write(self) -> None:
        """Write the entries to the database."""
        with self._writing:
            with self._lock:
                page, self._page = self._page, _Page()
            if page != _Page():
                self._write(page, datetime.now(UTC))

    def _write(self, page: _Page, at: datetime) -> None:
        try:
            with self._database.begin() as session:
                self._turn_the_page(session, at)
                page.write(session, at)
        except (SQLAlchemyError, OSError) as error:
            log.error("callers cannot be noted", reason=first_line(error))

    def _turn_the_page(self, session: Session, at: datetime) -> None:
        if at.date() != self._day:
            refusals.forget(session, at)
            with self._lock:
                self._day, self._addresses = at.date(), set()

    def _drop(self) -> None:
        """Finish the batch that is being written, and write no more: the database closes."""
        with self._writing, self._lock:
            self._page = _Page()
            self._soon.cancel()
