"""The turns of an SQLite database's writers, who come from several threads and processes."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy.exc import DBAPIError, OperationalError

from infrastructure.filesystem import atomic

PATIENCE = 2  # seconds that a writer waits for one who does not take our lock; Slack waits for 3
REST = 2.0  # seconds after that, in which nobody tries again
BEGIN_IMMEDIATE = "BEGIN IMMEDIATE"


class Writers:
    """Lets one writer in at a time, by `lock`, a file in which they queue.

    Who does not take that lock, an admin's `sqlite3`, may hold the database for as long as they
    like. Then one writer of each process finds out whether they still do; the others are refused
    at once, so that they do not keep all threads from what needs no database.
    """

    def __init__(self, lock: str) -> None:
        self._lock = lock
        self._gate = Lock()
        self._again_at: float | None = None  # when to try again; None while nobody holds it
        self._is_trying = False

    def refuse_in_vain(self) -> None:
        """Raise OperationalError where `turn` would: before something else is waited for."""
        with self._gate:
            if self._is_in_vain():
                raise _refusal()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the lock. Raises OperationalError, and what is raised in it."""
        tries = self._enter()
        try:
            with atomic.exclusive(self._lock):
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

    def _enter(self) -> bool:
        """True where the caller is to try; nobody is while nobody holds the database."""
        with self._gate:
            if self._is_in_vain():
                raise _refusal()
            self._is_trying = self._again_at is not None
            return self._is_trying

    def _is_in_vain(self) -> bool:
        held, now = self._again_at, time.monotonic()
        return held is not None and (self._is_trying or now < held)

    def _settle(self, *, is_held: bool) -> None:
        with self._gate:
            self._again_at = time.monotonic() + REST if is_held else None


def _is_held(error: DBAPIError) -> bool:
    """True where SQLite waited in vain for another process."""
    code = getattr(error.orig, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY  # the rest of it says of whom


def _refusal() -> OperationalError:
    held = sqlite3.OperationalError("database is locked, by somebody else's transaction")
    held.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError(BEGIN_IMMEDIATE, None, held)
