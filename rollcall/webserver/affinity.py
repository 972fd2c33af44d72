"""A processor for each worker, to which its threads are kept."""

import os
import secrets
import sys
from collections.abc import Sequence
from contextlib import suppress


def in_turn(count: int) -> list[int | None]:
    """Return a processor's number for each of `count` processes; None where none is known.

    They are those that this process may use, one after the other from any of them: other servers
    on the machine would all begin with the first.
    """
    usable = _usable()
    if not usable:
        return [None] * count
    first = secrets.randbelow(len(usable))
    return [usable[(first + number) % len(usable)] for number in range(count)]


def keep_to(processor: int | None) -> None:
    """Keep this process, with threads that it starts later, to a processor; None for no change.

    Python runs one of them at a time. Where they are spread over several processors, each hand-over
    wakes another one up, which costs more than most of what they do.
    """
    if sys.platform == "linux" and processor is not None:
        with suppress(OSError):  # not allowed here, or gone: it is only slower
            os.sched_setaffinity(0, {processor})


def _usable() -> Sequence[int]:
    """The processors that this process may use; none where the system does not say."""
    return sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else ()
