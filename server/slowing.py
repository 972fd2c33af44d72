"""Slows those who are refused too often; whoever is let in never counts."""

import math
import time
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limits.strategies import MovingWindowRateLimiter

MOST = 20  # refusals
WINDOW = 60  # seconds in which they count
MOST_CALLERS = 2000  # that are watched at once; the one refused longest ago is forgotten first


class Slowing:
    """Counts refusals in this process. Threads may share one.

    The counting is Flask-Limiter's, from the library beneath it. Its hooks are not used: they
    cost every request more than the door itself does. Nothing of it is even imported before the
    first refusal; docs/adr says what was measured.
    """

    def __init__(self, most: int = MOST, window: int = WINDOW, callers: int = MOST_CALLERS) -> None:
        self._most, self._window, self._callers = most, window, callers
        self._watched: dict[str, None] = {}  # in the order of their last refusals
        self._lock = Lock()
        self._limits: MovingWindowRateLimiter | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nobody was refused of late, so that nobody need be looked for."""
        return not self._watched

    def pause(self, caller: str) -> int:
        """Return for how many seconds `caller` is not heard; 0 for nearly all of them."""
        if caller not in self._watched or self._limits is None:
            return 0
        if self._limits.test(self._rate, caller):
            return 0
        ends = self._limits.get_window_stats(self._rate, caller).reset_time
        return max(1, math.ceil(ends - time.time()))

    def count(self, caller: str) -> None:
        """Count a refusal of `caller`."""
        with self._lock:
            limits = self._limits or self._loaded()
            self._watched.pop(caller, None)
            self._watched[caller] = None
            if len(self._watched) > self._callers:
                oldest = next(iter(self._watched))
                del self._watched[oldest]
                limits.clear(self._rate, oldest)
        limits.hit(self._rate, caller)

    def _loaded(self) -> "MovingWindowRateLimiter":
        from limits import RateLimitItemPerSecond  # noqa: PLC0415 - 2 MiB, only where it is used
        from limits.storage import MemoryStorage  # noqa: PLC0415
        from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415

        self._rate = RateLimitItemPerSecond(self._most, self._window)
        self._limits = MovingWindowRateLimiter(MemoryStorage())
        return self._limits
