"""Waiting for what happens elsewhere."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

FIRST, GROWTH, LONGEST = 0.005, 1.3, 0.1  # seconds between looks: who waits long looks seldom


def eventually(look: Callable[[], Value | None], timeout: float = 30) -> Value:
    """Return what `look` returns once that is true. Raises AssertionError after `timeout` s."""
    deadline, pause = time.monotonic() + timeout, FIRST
    while not (seen := look()):
        assert time.monotonic() < deadline, f"not within {timeout} s; last seen: {seen!r}"
        time.sleep(pause)
        pause = min(pause * GROWTH, LONGEST)
    return seen
