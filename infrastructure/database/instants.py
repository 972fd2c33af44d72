"""Moments, as columns have them, and their comparison with a clock.

That may have been set back since they were stored: so no wait is longer than the intended pause.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, DateTime, Dialect, TypeDecorator
from sqlalchemy.orm import InstrumentedAttribute

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
SKEW = timedelta(minutes=1)  # that the clocks of two machines may differ

Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, without a zone in the database, the same on both.

    What a hand has written is read as a moment too: what is none, or lies before FIRST, as FIRST,
    by which what expires has expired, and what lies after LAST as LAST. From each of them years
    can be counted.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None]:
        """Return the function that reads a value of the database."""
        read = super().result_processor(dialect, coltype)

        def moment(value: Any) -> datetime | None:
            if value is None:
                return None
            try:
                found: datetime = cast(Any, read(value) if read else value).replace(tzinfo=UTC)
            except (ValueError, TypeError):
                return FIRST
            if FIRST.year <= found.year < LAST.year:
                return found
            return FIRST if found < FIRST else LAST

        return moment


def passed(moment: Moment, now: datetime, max_pause: timedelta) -> ColumnElement[bool]:
    """A condition: a stored moment has come, or is further ahead than a pause of `max_pause`."""
    return (moment <= now) | (moment > too_late(now, max_pause))


def too_late(now: datetime, max_pause: timedelta) -> datetime:
    """The latest moment that a pause of `max_pause` can end at, by any right clock."""
    return now + max_pause + SKEW
