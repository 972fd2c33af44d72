"""Rate limits of the Web API."""

from __future__ import annotations

import math
import threading
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass

from tests.fakes.slack.state.timestamps import Clock

MINUTE = 60.0
TIERS: Mapping[str, int] = {
    **dict.fromkeys(("users.list", "usergroups.users.list"), 20),
    **dict.fromkeys(("conversations.history", "conversations.replies"), 50),
    **dict.fromkeys(("chat.update", "conversations.open", "apps.connections.open"), 50),
    **dict.fromkeys(("functions.completeSuccess", "functions.completeError"), 50),
    **dict.fromkeys(("views.open", "views.push", "views.update", "views.publish"), 100),
    **dict.fromkeys(("users.info", "files.info"), 100),
    **dict.fromkeys(("files.getUploadURLExternal", "files.completeUploadExternal"), 100),
}
"""Calls a minute of each method: tier 2 has 20, tier 3 has 50, tier 4 has 100 (docs.slack.dev,
"Rate limits" and each method's page).
"""


class RateLimited(Exception):
    """HTTP 429. Try again after so many seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


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


class Tiers:
    """A limit of calls for each method within any minute; a method that has no tier has none."""

    def __init__(self, per_minute: Mapping[str, int], clock: Clock) -> None:
        self.per_minute = dict(per_minute)
        self._clock = clock
        self._made: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def take(self, method: str) -> None:
        """Take one call's place. Raises RateLimited where the minute is full."""
        limit = self.per_minute.get(method)
        if limit is None:
            return
        with self._lock:
            now, made = self._clock(), self._made[method]
            while made and now - made[0] >= MINUTE:
                made.popleft()
            if len(made) >= limit:
                raise RateLimited(max(1, math.ceil(made[0] + MINUTE - now)))
            made.append(now)
