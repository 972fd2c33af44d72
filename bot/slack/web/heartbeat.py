"""The heartbeats of a bot in Socket Mode."""

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from threading import Event, Thread
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.errors import first_line
from infrastructure.heartbeats.files import CONNECTING
from infrastructure.heartbeats.process import Pulse
from infrastructure.heartbeats.store import SHARED, UNCONNECTED

log = structlog.get_logger()

PAUSE = 5.0  # seconds
# Seconds in which the first attempt may succeed. Longer, and a probe would have the bot started
# again, which helps nothing where Slack is away.
FIRST = 30.0


class SocketModeConnection(Protocol):
    """A connection to Slack in Socket Mode."""

    def is_connected(self) -> bool:
        """Return True if it is open at this time."""


class ConnectionListener:
    """The heartbeats of a bot, taken in the listeners' threads: none comes where all hang.

    `refusal` is why the last attempt to connect failed, and `sharing` that others listen to Slack
    with the same token; heartbeats say them. `first` is how long the first attempt has, in seconds,
    before the bot counts as one that is not connected. `bots` returns the number of bots of this
    installation.
    """

    def __init__(
        self,
        connection: SocketModeConnection,
        listeners: Executor,
        pulse: Pulse,
        *,
        bots: Callable[[], int],
        first: float = FIRST,
    ) -> None:
        self.refusal = self.sharing = ""
        self._first_until = time.monotonic() + first
        self._is_new = True
        self._connections, self._of_each = 0, 1  # of the app, and at most of each bot
        self._connection, self._listeners, self._pulse = connection, listeners, pulse
        self._bots = bots
        self._beat: Future[None] | None = None

    def start(self, stop: Event) -> None:
        """Go on until `stop` is set."""
        Thread(target=self._run, args=(stop,), name="heartbeats", daemon=True).start()

    def greeted(self, connections: int) -> None:
        """Take Slack's greeting of a new connection: the app has so many. Raises SQLAlchemyError.

        A bot that connects again, as Slack asks for every few hours, may have its former connection
        yet. So a number between proves nothing, and what was known before holds.
        """
        self._connections, self._of_each = connections, 1 if self._is_new else 2
        self._is_new = False
        self._compare()

    def _compare(self) -> None:
        """Note in `sharing` whether there are more connections than those of our bots."""
        bots = self._bots()
        if self._connections <= bots:
            self.sharing = ""
        elif self._connections > bots * self._of_each:
            if not self.sharing:
                log.warning("others listen to Slack, too", connections=self._connections, bots=bots)
            ours = f"{self._connections} are connected, {bots} of this installation"
            self.sharing = f"{SHARED}: {ours}"

    def _run(self, stop: Event) -> None:
        while not stop.is_set():
            if self._beat is None or self._beat.done():
                self._beat = self._listeners.submit(self._take)
            stop.wait(PAUSE)

    def _take(self) -> None:
        try:
            self._pulse(self._doing())
            if self.sharing:  # the heartbeat of a bot of ours may have come since
                self._compare()
        except SQLAlchemyError as error:
            log.error("database failed", reason=first_line(error))

    def _doing(self) -> str:
        if self._connection.is_connected():
            self._first_until = 0.0
            return self.sharing
        if self.refusal:
            return f"{UNCONNECTED}: {self.refusal}"
        return CONNECTING if time.monotonic() < self._first_until else UNCONNECTED
