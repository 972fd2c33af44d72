"""Retries of work after temporary failures, and the pauses between them."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

NO_PAUSE = (0.0,)  # a pause of no time; times a number

Value = TypeVar("Value")
Fault = TypeVar("Fault", bound=Exception)


def retry(
    work: Callable[[], Value],
    passing: type[Fault],
    *,
    pauses: Sequence[float],
    when: Callable[[Fault], bool] = lambda _: True,
) -> Value:
    """Return the result of `work`; it is repeated after each of the `pauses`, in seconds.

    Only errors of the class `passing` for which `when` is true are retried. Raises the last one,
    and every other error at once.
    """
    for pause in pauses:
        try:
            return work()
        except passing as error:
            if not when(error):
                raise
        time.sleep(pause)
    return work()


def backoff(attempts: int) -> timedelta:
    """Return the pause after so many failed attempts: 1 s, doubling to 2 min."""
    return timedelta(seconds=min(2.0 ** min(attempts - 1, 10), 120.0))
