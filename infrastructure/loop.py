"""Time and patience of loops that run until they are told to stop."""

from datetime import UTC, datetime, timedelta


def utc_now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


def backoff(attempts: int) -> timedelta:
    """Return the pause after so many failed attempts: 1 s, doubling to 2 min."""
    return timedelta(seconds=min(2.0 ** min(attempts - 1, 10), 120.0))
