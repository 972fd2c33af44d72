"""Moments, as columns have them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import DateTime, Dialect, TypeDecorator

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


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
