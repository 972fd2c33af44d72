"""A processor for each worker, to which its threads are kept."""

import os
import secrets
import sys
from collections.abc import Callable, Collection
from contextlib import suppress


def _of_this_process() -> Collection[int]:
    """The processors that this process may use; none where the system does not say."""
    return os.sched_getaffinity(0) if sys.platform == "linux" else ()


def in_turn(
    count: int, usable: Callable[[], Collection[int]] = _of_this_process
) -> list[int | None]:
    """Return a processor's number for each of `count` processes; None where none is known.

    They are those that are `usable`, one after the other from any of them: other servers on the
    machine would all begin with the first. `usable` may raise OSError: systems filter calls.
    """
    numbers: list[int] = []
    with suppress(OSError):
        numbers = sorted(usable())
    if not numbers:
        return [None] * count
    first = secrets.randbelow(len(numbers))
    return [numbers[(first + number) % len(numbers)] for number in range(count)]


def keep_to(processor: int | None) -> None:
    """Keep this process, with threads that it starts later, to a processor; None for no change.

    Python runs one of them at a time. Where they are spread over several processors, each hand-over
    wakes another one up, which costs more than most of what they do.
    """
    if sys.platform == "linux" and processor is not None:
        with suppress(OSError):  # not allowed here, or gone: it is only slower
            os.sched_setaffinity(0, {processor})
