"""Loops: their time, their pauses after failures, and work that is done again."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

AT_ONCE = (0.0,)  # a pause of no time; times a number

Value = TypeVar("Value")
Fault = TypeVar("Fault", bound=Exception)


def utc_now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


def backoff(attempts: int) -> timedelta:
    """Return the pause after so many failed attempts: 1 s, doubling to 2 min."""
    return timedelta(seconds=min(2.0 ** min(attempts - 1, 10), 120.0))


def retry(
    work: Callable[[], Value],
    passing: type[Fault],
    *,
    pauses: Sequence[float],
    when: Callable[[Fault], bool] = lambda _: True,
) -> Value:
    """Return what `work` returns; it is done again after each of the `pauses`, in seconds.

    Only errors of the class `passing` of which `when` is true are passed over. Raises the last
    one, and every other at once.
    """
    for pause in pauses:
        try:
            return work()
        except passing as error:
            if not when(error):
                raise
        time.sleep(pause)
    return work()
