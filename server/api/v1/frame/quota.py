"""A limit on the calls of one token, and the headers that report it.

It is counted in the memory of one worker, so each worker has the whole limit.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from cachetools import LRUCache

WINDOW = 60  # seconds
MAX_TOKENS = 1000  # that are counted at a time


@dataclass(frozen=True, slots=True)
class Allowance:
    """The state of a window: the calls left (below 0: one too many), and the seconds to its end.

    The header fields are those of the draft `ratelimit-headers` of the IETF's HTTPAPI group.
    """

    limit: int
    left: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """The header fields that each answer has."""
        return {
            "RateLimit-Policy": f'"token";q={self.limit};w={WINDOW}',
            "RateLimit": f'"token";r={max(self.left, 0)};t={self.seconds}',
        }


class Quota:
    """A fixed-window counter for each token. Threads may share one."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._windows: LRUCache[int, tuple[float, int]] = LRUCache(MAX_TOKENS)
        self._lock = Lock()

    def count(self, credential_id: int) -> Allowance:
        """Count a call, and return the allowance after it."""
        with self._lock:
            now = self._clock()
            ends, times = self._windows.get(credential_id, (-math.inf, 0))
            if not now < ends:
                ends, times = now + WINDOW, 0
            times = min(times + 1, self._limit + 1)
            self._windows[credential_id] = ends, times
        return Allowance(self._limit, self._limit - times, max(math.ceil(ends - now), 1))
