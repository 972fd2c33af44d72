"""A cache of a query's result that many requests need."""

import math
import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.errors import first_line

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
            with self._looking:
                return self._look()
        if age >= self._max_age and self._looking.acquire(blocking=False):
            try:
                return self._look()
            finally:
                self._looking.release()
        return value

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
