"""A call that is made a while after it was requested, once for all requests until then."""

from collections.abc import Callable
from threading import Lock, Timer


class DelayedCall:
    """A call that a thread makes `pause` seconds after the first request. Threads may share one."""

    def __init__(self, call: Callable[[], object], pause: float) -> None:
        self._call, self._pause = call, pause
        self._lock = Lock()
        self._timer: Timer | None = None

    def request(self) -> None:
        """Have it called, unless it is about to be."""
        with self._lock:
            if self._timer is None:
                self._timer = Timer(self._pause, self._make)
                self._timer.daemon = True
                self._timer.start()

    def cancel(self) -> None:
        """Drop the requests; a call that has begun goes on."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _make(self) -> None:
        with self._lock:
            self._timer = None  # what is requested from now on wants another call
        self._call()
