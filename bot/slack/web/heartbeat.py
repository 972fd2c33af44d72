"""The heartbeats of a bot in Socket Mode."""

import time
from concurrent.futures import Executor, Future
from threading import Event, Thread
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.errors import first_line
from infrastructure.heartbeats.files import CONNECTING
from infrastructure.heartbeats.process import Pulse
from infrastructure.heartbeats.store import UNCONNECTED

log = structlog.get_logger()

PAUSE = 5.0  # seconds
# Seconds in which the first attempt may succeed. Longer, and a probe would have the bot started
# anew, which helps nothing where Slack is away.
FIRST = 30.0


class SocketModeConnection(Protocol):
    """A connection to Slack in Socket Mode."""

    def is_connected(self) -> bool:
        """Return True if it is open at this time."""
        ...


class ConnectionListener:
    """The heartbeats of a bot, taken in the listeners' threads: none comes where all hang.

    `refusal` is why the last attempt to connect failed; heartbeats say it. `first` is how long the
    first attempt has, in seconds, before the bot counts as one that is not connected.
    """

    def __init__(
        self,
        connection: SocketModeConnection,
        listeners: Executor,
        pulse: Pulse,
        first: float = FIRST,
    ) -> None:
        self.refusal = ""
        self._first_until = time.monotonic() + first
        self._connection, self._listeners, self._pulse = connection, listeners, pulse
        self._beat: Future[None] | None = None

    def start(self, stop: Event) -> None:
        """Go on until `stop` is set."""
        Thread(target=self._run, args=(stop,), name="heartbeats", daemon=True).start()

    def _run(self, stop: Event) -> None:
        while not stop.is_set():
            if self._beat is None or self._beat.done():
                self._beat = self._listeners.submit(self._take)
            stop.wait(PAUSE)

    def _take(self) -> None:
        try:
            self._pulse(self._doing())
        except SQLAlchemyError as error:
            log.error("database failed", reason=first_line(error))

    def _doing(self) -> str:
        if self._connection.is_connected():
            self._first_until = 0.0
            return ""
        if self.refusal:
            return f"{UNCONNECTED}: {self.refusal}"
        return CONNECTING if time.monotonic() < self._first_until else UNCONNECTED
