"""Loops that work step by step until they are stopped, with their clock."""

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.errors import first_line

log = structlog.get_logger()

RETRY_INTERVAL = 5.0  # seconds after the database failed


def run(step: Callable[[], float], stop: Event) -> None:
    """Call `step` until `stop` is set; it returns the pause until its next call, in seconds.

    Where the database fails, that is logged and the loop goes on after RETRY_INTERVAL.
    """
    while not stop.is_set():
        try:
            pause = step()
        except SQLAlchemyError as error:
            log.error("database failed", reason=first_line(error))
            pause = RETRY_INTERVAL
        stop.wait(pause)


class PeriodicThread:
    """A thread that calls `step` at once, and then every `pause` seconds until it is ended.

    An error of `step` is logged, and the next call is made all the same.
    """

    def __init__(self, name: str, step: Callable[[], object], pause: float) -> None:
        self._step, self._pause = step, pause
        self._ended = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; it goes on until `end`, or the end of the process."""
        self._thread.start()

    def end(self) -> None:
        """Have no other step begin."""
        self._ended.set()

    def join(self) -> None:
        """Wait for the end of the thread."""
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._step()
            except Exception:
                log.exception("unexpected error")
            self._ended.wait(self._pause)


def unique_name() -> str:
    """Return a unique name for a worker in this process: host, process number, random text."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"


def utc_now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)
