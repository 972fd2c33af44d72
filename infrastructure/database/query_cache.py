"""A cache of the result of a query."""

import math
import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.errors import first_line
from infrastructure.execution.patience import WaitedTooLong, acquire

log = structlog.get_logger()

Value = TypeVar("Value")


class QueryCache(Generic[Value]):
    """A cached result of one query, which is run again once it is old. Threads may share one.

    A result is served for `max_age` seconds; then one thread runs the query, and others get the
    old result until it is `max_stale_age` seconds old. Where the database cannot be read, the last
    result stays, and `first` before there is one. `name` stands in the log line about that.
    """

    def __init__(
        self,
        database: Database,
        query: Callable[[Session], Value],
        *,
        name: str,
        first: Value | None = None,
        max_age: float,
        max_stale_age: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database, self._query, self._name = database, query, name
        self._max_age, self._max_stale_age, self._clock = max_age, max_stale_age, clock
        self._value = first
        self._looked = -math.inf
        self._looking = Lock()

    def current(self) -> Value:
        """Return the result. Raises SQLAlchemyError where there never was one, nor a `first`."""
        value, age = self._value, self._clock() - self._looked
        if value is None or age >= self._max_stale_age:
            return self._current()
        if age >= self._max_age and self._looking.acquire(blocking=False):
            try:
                return self._look()
            finally:
                self._looking.release()
        return value

    def _current(self) -> Value:
        """The present result; waits for another thread that runs the query."""
        try:
            acquire(self._looking, self._database.patience)
        except WaitedTooLong as error:
            if self._value is None:
                raise OperationalError(self._name, None, error) from None
            self._looked = self._clock()  # or all would wait for it, one after the other
            return self._value
        try:
            return self._look()
        finally:
            self._looking.release()

    def _look(self) -> Value:
        now, value = self._clock(), self._value
        if value is not None and now - self._looked < self._max_age:
            return value
        try:
            with self._database.reading() as session:
                value = self._value = self._query(session)
        except SQLAlchemyError as error:
            if value is None:
                raise
            log.error("cache cannot be read", cache=self._name, reason=first_line(error))
        self._looked = now
        return value
