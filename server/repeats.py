"""What is said again and again: once a minute is enough for a log."""

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

MINUTE = 60.0  # seconds
MOST = 1000  # things that are remembered


class Repeats:
    """Says things with `say`, each once a minute, and then how often it was kept back.

    Threads share it.
    """

    def __init__(
        self, say: Callable[..., object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._say = say
        self._clock = clock
        self._said: dict[Hashable, tuple[float, int]] = {}
        self._lock = Lock()

    def say(self, what: Hashable, event: str, **values: Any) -> None:
        """Say `event` with its values, where `what` was not said within the last minute."""
        now = self._clock()
        with self._lock:
            at, times = self._said.get(what, (float("-inf"), 0))
            if now - at < MINUTE:
                self._said[what] = at, times + 1
                return
            if len(self._said) >= MOST:
                self._said.clear()
            self._said[what] = now, 0
        self._say(event, **values, **({"repeated": times} if times else {}))
