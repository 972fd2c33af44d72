"""Connections to an SQLite database, and a queue for its writers, which are threads of several
processes.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from infrastructure.database.sqlite import sqlite_files
from infrastructure.database.sqlite.occupants import Occupants
from infrastructure.execution.patience import Patience
from infrastructure.filesystem import locks

BUSY_TIMEOUT = 2  # seconds that a writer waits for a program without our lock; Slack waits for 3
RETRY_INTERVAL = 2.0  # seconds after that, in which all writers are refused
BEGIN_IMMEDIATE = "BEGIN IMMEDIATE"


class Writers:
    """A queue that lets one writer in at a time, by the file `lock`.

    `check_file` raises sqlite3.OperationalError where the database may not be written to.
    A program that does not take this lock, such as an admin's `sqlite3`, may lock the database for
    a long time. Then one writer of each process tries again; the others are refused at once, so
    that not all threads wait.
    """

    def __init__(
        self,
        lock: str,
        clock: Callable[[], float] = time.monotonic,
        patience: Patience | None = None,
        check_file: Callable[[], None] = lambda: None,
    ) -> None:
        self._lock, self._clock, self._patience = lock, clock, patience
        self._check_file = check_file
        self._gate = Lock()
        self._again_at: float | None = None  # when to try again; None while no process holds it
        self._is_trying = self._is_made = False

    def refuse_if_locked(self) -> None:
        """Raise OperationalError where `turn` would raise it at once."""
        with self._gate:
            if self._is_locked_out():
                raise _refusal()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A context with the lock. Raises OperationalError where the database is locked."""
        tries = self._enter()
        try:
            with self._locked():
                if not tries and self._again_at is not None:
                    raise _refusal()
                yield
        except DBAPIError as error:
            self._settle(is_held=_is_held(error))
            raise
        else:
            self._settle(is_held=False)
        finally:
            if tries:
                self._is_trying = False

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """The lock file, locked. Raises OperationalError where it cannot be, or not in time."""
        if not self._is_made:
            sqlite_files.make_private(self._lock)
            self._is_made = True
        with ExitStack() as stack:
            try:
                stack.enter_context(locks.exclusive(self._lock, patience=self._patience))
                self._check_file()
            except OSError as error:
                fault = sqlite_files.of_system(error)
                raise OperationalError(BEGIN_IMMEDIATE, None, fault) from None
            except sqlite3.OperationalError as fault:
                raise OperationalError(BEGIN_IMMEDIATE, None, fault) from None
            yield

    def _enter(self) -> bool:
        """True if the caller is the one that tries; False while no other program has it."""
        with self._gate:
            if self._is_locked_out():
                raise _refusal()
            self._is_trying = self._again_at is not None
            return self._is_trying

    def _is_locked_out(self) -> bool:
        again_at, now = self._again_at, self._clock()
        return again_at is not None and (self._is_trying or now < again_at)

    def _settle(self, *, is_held: bool) -> None:
        with self._gate:
            self._again_at = self._clock() + RETRY_INTERVAL if is_held else None


def prepare(engine: Engine, occupants: Occupants) -> None:
    """Have all connections of an engine set up, and their process listed among the occupants."""
    path = str(engine.url.database)

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Dialect, _: ConnectionPoolEntry, places: Any, options: Any) -> Any:
        sqlite_files.check_file(path)
        occupants.check_file()
        sqlite_files.make_private(path)
        try:
            return dialect.connect(*places, **options)
        except sqlite3.OperationalError as error:
            raise sqlite_files.explained(error, path) from None

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: ConnectionPoolEntry) -> None:
        try:
            occupants.enter()  # before the first look at the file
            _set_up(connection)
        except OSError as error:
            raise sqlite_files.of_system(error) from None
        except sqlite3.DatabaseError as error:
            raise sqlite_files.explained(error, path) from None


def _set_up(connection: sqlite3.Connection) -> None:
    connection.isolation_level = None  # BEGIN is ours, below
    if not connection.execute("PRAGMA page_count").fetchone()[0]:
        # A new file, which can then give back to the disk what deleted rows leave. Said to
        # others it would be a transaction.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # what was promised survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cache_size = -512")  # KiB a connection; the system caches too
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT * 1000}")


def begin_immediate(connection: Connection) -> None:
    """Begin as a writer: one that reads first and writes later would fail beside another."""
    connection.exec_driver_sql(BEGIN_IMMEDIATE)


def _is_held(error: DBAPIError) -> bool:
    """Return True if SQLite waited for another process until its limit."""
    code = getattr(error.orig, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY  # its other bits say which kind of busy


def _refusal() -> OperationalError:
    error = sqlite3.OperationalError("database is locked, by somebody else's transaction")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError(BEGIN_IMMEDIATE, None, error)
