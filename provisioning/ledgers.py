"""What is written down of callers: soon, together, and in nobody's way."""

from collections import Counter
from datetime import UTC, date, datetime
from threading import Lock, Timer

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from provisioning import credentials, refusals
from provisioning.database import Database
from provisioning.refusals import ELSEWHERE

log = structlog.get_logger()

PAUSE = 1.0  # seconds from a note to the transaction that it shares with what comes meanwhile
MOST_ADDRESSES = 1000  # a day that are counted one by one, whoever has more of them


class Ledger:
    """Notes refusals and uses of credentials, in at most one transaction each PAUSE.

    What cannot be written is dropped with a log line: no caller waits for it, and none is told.
    """

    def __init__(self, database: Database, pause: float = PAUSE) -> None:
        self._database, self._pause = database, pause
        self._lock, self._writing = Lock(), Lock()
        self._refused: Counter[tuple[str, str]] = Counter()
        self._used: set[int] = set()
        self._addresses: set[str] = set()
        self._day: date | None = None
        self._timer: Timer | None = None
        database.before_close(self._drop)

    def refused(self, address: str, reason: str) -> None:
        """Note that a caller from `address` was refused."""
        with self._lock:
            if address in self._addresses or len(self._addresses) < MOST_ADDRESSES:
                self._addresses.add(address)
            else:
                address = ELSEWHERE
            self._refused[address, reason] += 1
            self._write_soon()

    def used(self, credential_id: int) -> None:
        """Note that a credential was used."""
        with self._lock:
            self._used.add(credential_id)
            self._write_soon()

    def write(self) -> None:
        """Write what is noted."""
        with self._writing:
            with self._lock:
                refused, self._refused = self._refused, Counter()
                used, self._used = self._used, set()
                self._timer = None
            if refused or used:
                self._write(refused, used, datetime.now(UTC))

    def _write(self, refused: Counter[tuple[str, str]], used: set[int], at: datetime) -> None:
        try:
            with self._database.begin() as session:
                self._turn_the_page(session, at)
                refusals.note(session, refused, at)
                if used:
                    credentials.note_used(session, used, at)
        except (SQLAlchemyError, OSError) as error:
            log.error("callers cannot be noted", reason=str(error).splitlines()[0])

    def _turn_the_page(self, session: Session, at: datetime) -> None:
        if at.date() != self._day:
            refusals.forget(session, at)
            with self._lock:
                self._day, self._addresses = at.date(), set()

    def _write_soon(self) -> None:
        if self._timer is None:
            self._timer = Timer(self._pause, self.write)
            self._timer.daemon = True
            self._timer.start()

    def _drop(self) -> None:
        """The database is being closed: end what is being written, and write nothing more."""
        with self._writing, self._lock:
            self._refused.clear()
            self._used.clear()
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
