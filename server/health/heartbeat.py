"""The heartbeats of one of the server's workers."""

import time
from collections.abc import Iterable
from multiprocessing.util import Finalize
from pathlib import Path
from threading import Event, Thread, get_ident
from typing import TYPE_CHECKING

from infrastructure.heartbeats.process import INTERVAL, Process
from server.health.readiness import Readiness

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STUCK_AFTER = 30.0  # seconds
TIMEOUT = 2.0  # seconds for a heartbeat that is under way: as long as its checks take at most


class Underway:
    """A WSGI middleware that notes the beginning of each request under way.

    One that takes longer than `stuck` seconds is not expected to end.
    """

    def __init__(self, application: "WSGIApplication", stuck: float = STUCK_AFTER) -> None:
        self._application, self._stuck = application, stuck
        self._started_at: dict[int, float] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request."""
        thread = get_ident()
        self._started_at[thread] = time.monotonic()
        try:
            return self._application(environ, start_response)
        finally:
            del self._started_at[thread]

    def stuck(self) -> int:
        """Return the number of requests that are not expected to end."""
        before = time.monotonic() - self._stuck
        return sum(started_at < before for started_at in list(self._started_at.values()))


class Pulses:
    """The heartbeats of a worker: they end when each of its `threads` is stuck in a request."""

    def __init__(
        self, process: Process, readiness: Readiness, underway: Underway, threads: int
    ) -> None:
        self._process, self._readiness = process, readiness
        self._underway, self._threads = underway, threads
        self._ended = Event()
        self._beating = Thread(target=self._run, name="heartbeats", daemon=True)

    def start(self, folder: Path) -> None:
        """Go on until the process ends; the heartbeats in files lie in `folder`."""
        self._process.start(folder)
        # Not atexit: a server's workers are multiprocessing's children, which end without it.
        Finalize(None, self.end, exitpriority=10)
        self._beating.start()

    def end(self) -> None:
        """Remove the heartbeats, because the process ends."""
        if not self._ended.is_set():
            self._ended.set()
            if self._beating.is_alive():
                self._beating.join(TIMEOUT)  # what is under way would be noted after the end
            self._process.end()

    def _run(self) -> None:
        while not self._ended.is_set():
            if self._underway.stuck() < self._threads:
                self._process.write_file()
                self._readiness.database()  # which notes the heartbeat there
            self._ended.wait(INTERVAL)
