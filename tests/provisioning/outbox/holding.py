"""Posts that the stand-in Slack holds for as long as a clock says, and then takes."""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Lock

from tests.fakes.slack.web.calls import Call
from tests.fakes.slack.web.faults import Wait

LOOK = 0.02  # seconds between looks at the clock


class RandomHolds:
    """A Slack that holds four of ten posts and edits for 5 s to 10 minutes, and some for ever.

    For ever is held only what was not sent before, so that it ends.
    """

    def __init__(self, clock: Callable[[], datetime], seed: int) -> None:
        self._clock = clock
        self._random = random.Random(seed)
        self._lock = Lock()
        self._seen: set[str] = set()
        self._holding = 0
        self._over = Event()
        self.held = 0
        self.lost = 0

    def close(self) -> None:
        """Take all that is still held, but for the calls that are held for ever."""
        self._over.set()

    def __call__(self, call: Call) -> Wait | None:
        with self._lock:
            is_new = str(call.arguments) not in self._seen
            self._seen.add(str(call.arguments))
            chance, seconds = self._random.random(), self._random.uniform(5, 600)
            if chance < 0.1 and is_new:
                self.lost += 1
                return lambda: not self._over.wait()
            if chance > 0.4:
                return None
            self.held += 1
            self._holding += 1
        return partial(self._taken, self._clock() + timedelta(seconds=seconds))

    def _taken(self, at: datetime) -> bool:
        while self._clock() < at and not self._over.wait(LOOK):
            pass
        with self._lock:
            self._holding -= 1
        return True

    def wait_until_over(self) -> None:
        """Wait until Slack has taken all that it ever will."""
        while self._holding:
            time.sleep(LOOK)
