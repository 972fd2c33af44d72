"""Waiting for what happens elsewhere."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def eventually(look: Callable[[], Value | None], timeout: float = 10) -> Value:
    """Return what `look` returns once that is true. Raises AssertionError after `timeout` s."""
    deadline = time.monotonic() + timeout
    while not (seen := look()):
        assert time.monotonic() < deadline, f"not within {timeout} s; last seen: {seen!r}"
        time.sleep(0.005)
    return seen
