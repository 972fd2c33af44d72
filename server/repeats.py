"""A log of events that come again and again: each once a minute, and how often it came."""

import time
from collections.abc import Callable, Hashable
from threading import Lock

MINUTE = 60.0  # seconds
MAX_KEYS = 1000  # that are remembered


class Repeats:
    """A log that takes each event once a minute, and then how often it was kept back.

    Threads share it.
    """

    def __init__(
        self, log: Callable[..., object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._log_line = log
        self._clock = clock
        self._logged: dict[Hashable, tuple[float, int]] = {}
        self._lock = Lock()

    def say(self, key: Hashable, event: str, **values: object) -> None:
        """Log `event` with its values, where none of `key` was logged within the last minute."""
        now = self._clock()
        with self._lock:
            at, times = self._logged.get(key, (float("-inf"), 0))
            if now - at < MINUTE:
                self._logged[key] = at, times + 1
                return
            if len(self._logged) >= MAX_KEYS:
                self._logged.clear()
            self._logged[key] = now, 0
        self._log_line(event, **values, **({"repeated": times} if times else {}))
