"""How fast messages may be posted."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass

from tests.support.slack.timestamps import Clock


@dataclass
class _Bucket:
    tokens: float
    at: float


class Pace:
    """A token bucket a channel: `burst` messages at once, then `rate` a second.

    Slack allows about one message a second and channel, and short bursts above it
    (docs.slack.dev, "Rate limits", "Posting messages"). None as `rate` allows everything.
    """

    def __init__(self, rate: float | None, burst: int, clock: Clock) -> None:
        self.rate = rate
        self.burst = burst
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def take(self, channel_id: str) -> int:
        """Take one message's place. Returns 0, or after how many whole seconds to try again."""
        if self.rate is None:
            return 0
        with self._lock:
            bucket = self._refilled(channel_id, self.rate)
            if bucket.tokens >= 1:
                bucket.tokens -= 1
                return 0
            return math.ceil((1 - bucket.tokens) / self.rate)

    def _refilled(self, channel_id: str, rate: float) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(channel_id, _Bucket(self.burst, now))
        bucket.tokens = min(self.burst, bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        return bucket
