"""The heartbeats of a bot in Socket Mode."""

from concurrent.futures import Executor, Future
from threading import Event, Thread
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.errors import first_line
from infrastructure.heartbeats.process import Pulse
from infrastructure.heartbeats.store import UNCONNECTED

log = structlog.get_logger()

PAUSE = 5.0  # seconds


class SocketModeConnection(Protocol):
    """A connection to Slack in Socket Mode."""

    def is_connected(self) -> bool:
        """Return True if it is open at this time."""
        ...


class ConnectionListener:
    """The heartbeats of a bot, taken in the listeners' threads: none comes where all hang.

    `refusal` is why the last attempt to connect failed; heartbeats say it.
    """

    def __init__(self, connection: SocketModeConnection, listeners: Executor, pulse: Pulse) -> None:
        self.refusal = ""
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
        doing = ""
        if not self._connection.is_connected():
            doing = f"{UNCONNECTED}: {self.refusal}" if self.refusal else UNCONNECTED
        try:
            self._pulse(doing)
        except SQLAlchemyError as error:
            log.error("database failed", reason=first_line(error))
