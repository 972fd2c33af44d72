"""A queue for the writers of an SQLite database, which are threads of several processes."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock

from sqlalchemy.exc import DBAPIError, OperationalError

from infrastructure.database import sqlite_files
from infrastructure.filesystem import atomic

BUSY_TIMEOUT = 2  # seconds that a writer waits for a program without our lock; Slack waits for 3
REST = 2.0  # seconds after that, in which all writers are refused
BEGIN_IMMEDIATE = "BEGIN IMMEDIATE"


class Writers:
    """A queue that lets one writer in at a time, by the file `lock`.

    A program that does not take this lock, such as an admin's `sqlite3`, may lock the database for
    a long time. Then one writer of each process tries again; the others are refused at once, so
    that not all threads wait.
    """

    def __init__(self, lock: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock, self._clock = lock, clock
        self._gate = Lock()
        self._again_at: float | None = None  # when to try again; None while no process holds it
        self._is_trying = False

    def refuse_in_vain(self) -> None:
        """Raise OperationalError where `turn` would raise it at once."""
        with self._gate:
            if self._is_in_vain():
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
        """The lock file, locked. Raises OperationalError where it cannot be opened."""
        with ExitStack() as stack:
            try:
                stack.enter_context(atomic.exclusive(self._lock))
            except OSError as error:
                fault = sqlite_files.of_system(error)
                raise OperationalError(BEGIN_IMMEDIATE, None, fault) from None
            yield

    def _enter(self) -> bool:
        """True where the caller is the one that tries; False while no other program has it."""
        with self._gate:
            if self._is_in_vain():
                raise _refusal()
            self._is_trying = self._again_at is not None
            return self._is_trying

    def _is_in_vain(self) -> bool:
        again_at, now = self._again_at, self._clock()
        return again_at is not None and (self._is_trying or now < again_at)

    def _settle(self, *, is_held: bool) -> None:
        with self._gate:
            self._again_at = self._clock() + REST if is_held else None


def _is_held(error: DBAPIError) -> bool:
    """True where SQLite waited in vain for another process."""
    code = getattr(error.orig, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY  # its other bits say which kind of busy


def _refusal() -> OperationalError:
    error = sqlite3.OperationalError("database is locked, by somebody else's transaction")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError(BEGIN_IMMEDIATE, None, error)
