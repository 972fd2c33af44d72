"""A connection of a browser that receives news: one request, and an endless answer."""

import asyncio
from http import HTTPStatus
from typing import Protocol

from rollcall.webserver.answers import RawAnswer, plain
from rollcall.webserver.limits import Limits
from rollcall.webserver.live.events import HEAD
from rollcall.webserver.live.watchers import BoardWatcher
from rollcall.webserver.reading import RequestReader
from rollcall.webserver.requests import Request, RequestRefused
from rollcall.webserver.waiting import Register, WaitingConnection, WaitKind

MAX_UNSENT = 16 * 1024  # bytes that a browser may leave unread before it is dropped


class LiveHost(Protocol):
    """The server of news, as far as a connection knows it."""

    limits: Limits
    register: Register
    buffer: memoryview

    def enter(self, connection: "BoardConnection") -> None:
        """Register a new connection."""

    def leave(self, connection: "BoardConnection") -> None:
        """Forget a connection that is closed."""

    def ask(self, connection: "BoardConnection", request: Request) -> None:
        """Decide about a request: `open` or `answer` is called."""


class BoardConnection(WaitingConnection):
    """A connection. All of it runs in the event loop.

    `watcher` is the receiver, once it is open; `mac` the only Mac that it is about, by the id of
    its registration. A browser that does not read is dropped.
    """

    __slots__ = ("_host", "_reader", "mac", "watcher")

    def __init__(self, host: LiveHost, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(host.register, host.buffer, loop)
        self.watcher: BoardWatcher | None = None
        self.mac: int | None = None
        self._host = host
        self._reader: RequestReader | None = RequestReader(host.limits, lambda _: 0)

    @property
    def is_closing(self) -> bool:
        """True if nothing more is sent."""
        return self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the request."""
        super().connection_made(transport)
        self._await(WaitKind.REQUEST)
        self._host.enter(self)

    def receive(self, data: bytes) -> None:
        """Read the request; what follows it is dropped."""
        if self._reader is None:
            return
        try:
            self._reader.feed(data)
        except RequestRefused as refused:
            self.answer(plain(refused.status, str(refused)))
            return
        if self._reader.complete:
            request = self._reader.complete.popleft()
            self._reader = None  # it takes more memory than all the rest
            self._await(None)
            self._host.ask(self, request)

    def eof_received(self) -> bool:
        """Close: a browser that listens keeps the connection open."""
        return False

    def pause_writing(self) -> None:
        """Give the browser some time to take the bytes."""
        self._await(WaitKind.READING)

    def resume_writing(self) -> None:
        """Stop the clock: the browser has taken all bytes."""
        self._await(None)

    def connection_lost(self, _: Exception | None) -> None:
        """Leave the server's connections."""
        self._await(None)
        self._host.leave(self)

    def open(self, watcher: BoardWatcher, mac: int | None, greeting: bytes) -> None:
        """Begin the endless answer."""
        self.watcher, self.mac = watcher, mac
        self.send(HEAD + greeting)

    def answer(self, answer: RawAnswer) -> None:
        """Answer, and close the connection."""
        self._reader = None
        if not self._transport.is_closing():
            self._transport.write(answer.wire(closes=True))
            self._transport.close()

    def send(self, message: bytes) -> None:
        """Send a message; drop a browser that has MAX_UNSENT bytes left to take."""
        if self._transport.is_closing():
            return
        self._transport.write(message)
        if self._transport.get_write_buffer_size() > MAX_UNSENT:
            self.drop()

    def end(self, message: bytes = b"") -> None:
        """Close, once a last message is taken."""
        if message:
            self.send(message)
        self._transport.close()

    def expire(self, wait: WaitKind) -> None:
        """End a wait that took too long."""
        self._wait = None
        if wait is WaitKind.REQUEST and self._reader is not None and self._reader.has_begun:
            self.answer(plain(HTTPStatus.REQUEST_TIMEOUT, "The headers did not come in time."))
        else:
            self.drop()
