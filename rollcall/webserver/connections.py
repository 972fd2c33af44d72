"""A connection of a client: it reads requests, and sends their answers one after another."""

import asyncio
from http import HTTPStatus
from typing import Protocol

from rollcall.webserver.answers import RawAnswer, Rest, plain
from rollcall.webserver.limits import Limits
from rollcall.webserver.reading import RequestReader
from rollcall.webserver.requests import Request, RequestRefused
from rollcall.webserver.waiting import Register, WaitingConnection, WaitKind

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Host(Protocol):
    """A worker, as far as a connection knows it."""

    limits: Limits
    register: Register
    buffer: memoryview
    is_stopping: bool

    def enter(self, connection: "ClientConnection") -> None:
        """Register a new connection."""

    def leave(self, connection: "ClientConnection") -> None:
        """Forget a connection that is closed."""

    def largest_body(self, path: str) -> int:
        """The bytes that a body for `path` may have."""

    def hold(self, size: int, connection: "ClientConnection") -> None:
        """Note the bytes that came into memory, or left it (negative). Raises RequestRefused."""

    def answer(self, connection: "ClientConnection", request: Request) -> None:
        """Have a request answered: `connection.send` is called with the answer."""

    def make_part(self, connection: "ClientConnection", rest: Rest) -> None:
        """Have the next part of a long answer made: `connection.send_part` is called with it."""

    def abandon(self, rest: Rest) -> None:
        """Have the rest of an answer closed, which its client no longer takes."""

    def note(self, connection: "ClientConnection", refused: RequestRefused) -> None:
        """Log a client that was refused."""


class ClientConnection(WaitingConnection):
    """A connection. All of it runs in the event loop.

    Either it waits for its client, and is in the register, or a request is under way in a thread.
    Of a long answer it does both in turn: its `_rest` is made part by part. `held` are the bytes of
    requests that are not answered, and of answers that are not taken.
    """

    def __init__(self, host: Host, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(host.register, host.buffer, loop)
        self.address = ""
        self.has_ended = False  # whether the client sends nothing more
        self._host = host
        self._reader = RequestReader(host.limits, host.largest_body)
        self._under_way: Request | None = None
        self._rest: Rest | None = None
        self._is_in_thread = False  # whether a part of the rest is being made
        self._unsent = 0  # bytes of `held` that are a long answer's
        self._unread = b""  # what came while a request was under way
        self._has_unsent = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.address = (transport.get_extra_info("peername") or ("",))[0]
        self._host.enter(self)
        self._await(WaitKind.REQUEST)

    def receive(self, data: bytes) -> None:
        """Read, unless a request is under way: then the bytes wait, and reading is paused."""
        if self._wait is WaitKind.FAREWELL:
            return
        try:
            self._hold(len(data))
        except RequestRefused as refused:
            self._refuse(refused)
        if self._under_way is None and not self._has_unsent:
            self._feed(data)
            self._go_on()
        else:
            self._unread += data
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """Close once the client, which may still listen, has its answers."""
        self.has_ended = True
        return self._under_way is not None or self._has_unsent

    def pause_writing(self) -> None:
        """Note that the client has not taken all that was sent."""
        self._has_unsent = True

    def resume_writing(self) -> None:
        """Go on: the client has taken all."""
        self._has_unsent = False
        self._go_on()

    def connection_lost(self, _: Exception | None) -> None:
        """Leave the server's connections, and give back what this one holds."""
        self.has_ended = True
        self._await(None)
        self._hold(-self.held)
        self._reader.close()
        if self._rest is not None and not self._is_in_thread:
            self._host.abandon(self._rest)
        self._host.leave(self)

    def send(self, answer: RawAnswer) -> None:
        """Send the answer to the request under way, or the beginning of a long one."""
        request, self._under_way = self._under_way, None
        if self._transport.is_closing() or request is None:
            if answer.rest is not None:
                self._host.abandon(answer.rest)
            return
        if answer.rest is not None:
            self._under_way, self._rest = request, answer.rest
        if self._host.is_stopping:
            self._reader.is_last = True
            self._reader.complete.clear()
        closes = self._reader.is_last and not self._reader.complete
        self._transport.write(answer.wire(closes=closes))
        self._hold_unsent()
        self._go_on()

    def send_part(self, part: bytes) -> None:
        """Send the next part of a long answer; after the last one the request is answered."""
        rest, self._is_in_thread = self._rest, False
        assert rest is not None  # noqa: S101 - it is forgotten here alone
        if rest.is_over or self._transport.is_closing():
            self._rest = self._under_way = None
        if self._transport.is_closing():
            self._host.abandon(rest)
        elif rest.is_broken:
            self._abort()
        else:
            self._transport.write(part)
            self._hold_unsent()
            self._go_on()

    def stop(self) -> None:
        """Close, once the answer under way is sent."""
        self._reader.is_last = True
        if self._under_way is None and not self._has_unsent:
            self._transport.close()

    def expire(self, wait: WaitKind) -> None:
        """End a wait that took too long; a client with a partial request is told so."""
        self._wait = None
        limits = self._host.limits
        if wait in (WaitKind.BODY, WaitKind.UPLOAD):
            self._refuse(_late("body", limits.body if wait is WaitKind.BODY else limits.upload))
            self._go_on()
        elif wait is WaitKind.REQUEST and self._reader.has_begun:
            self._refuse(_late("headers", limits.idle))
            self._go_on()
        elif self._has_unsent:
            self._abort()
        else:
            self._transport.close()

    def drop(self) -> None:
        """Close at once, without an answer."""
        self._hold(-self.held)
        super().drop()

    def _go_on(self) -> None:
        """Take the next step: have a request answered, close, or wait for the client."""
        is_busy = self._is_in_thread or (self._under_way is not None and self._rest is None)
        if is_busy or self._transport.is_closing():
            return
        if self._has_unsent:
            self._await(WaitKind.READING)
            return
        if self._rest is not None:
            self._go_on_with(self._rest)
            return
        if self._unread and not self._reader.complete:
            data, self._unread = self._unread, b""
            self._feed(data)
        if self._reader.complete:
            self._await(None)
            self._under_way = self._reader.complete.popleft()
            self._host.answer(self, self._under_way)
        elif self._reader.is_last or self.has_ended:
            self._say_farewell()
        else:
            self._read_on()

    def _go_on_with(self, rest: Rest) -> None:
        """Have the next part of a long answer made: the client has taken all that was."""
        self._await(None)
        self._hold(-self._unsent)
        self._unsent, self._is_in_thread = 0, True
        self._host.make_part(self, rest)

    def _feed(self, data: bytes) -> None:
        """Read, and refuse anything that is not a request, or too large."""
        try:
            self._reader.feed(data)
        except RequestRefused as refused:
            self._refuse(refused)

    def _read_on(self) -> None:
        """Read, for as long as the client may take."""
        if self._reader.take_expectation():
            self._transport.write(CONTINUE)
        if not self._reader.has_begun:
            self._hold(-self.held)
        self._transport.resume_reading()
        if self._reader.is_in_upload:
            self._await(WaitKind.UPLOAD)
        else:
            self._await(WaitKind.BODY if self._reader.is_in_body else WaitKind.REQUEST)

    def _say_farewell(self) -> None:
        """Close, but read on: unread bytes would take the last answer away from the client."""
        if self._wait is WaitKind.FAREWELL:
            return
        self._await(WaitKind.FAREWELL)
        self._hold(-self.held)
        try:
            self._transport.write_eof()
        except OSError:  # the client is gone
            self._abort()
        if self.has_ended:
            self._transport.close()
        else:
            self._transport.resume_reading()

    def _refuse(self, refused: RequestRefused) -> None:
        """Read no further. What was complete before is answered, and the refused request not."""
        self._reader.is_last = True
        self._host.note(self, refused)
        if self._under_way is None and not self._reader.complete and not self._has_unsent:
            self._transport.write(plain(refused.status, str(refused)).wire(closes=True))

    def _hold(self, size: int) -> None:
        """Count bytes in memory, or their release (negative). Raises RequestRefused."""
        if size:
            self.held += size
            self._host.hold(size, self)

    def _hold_unsent(self) -> None:
        """Keep bytes that the client has not taken in memory, if there is room."""
        self._unsent = self._transport.get_write_buffer_size()
        try:
            self._hold(self._unsent)
        except RequestRefused:
            self.drop()


def _late(part: str, seconds: float) -> RequestRefused:
    return RequestRefused(
        HTTPStatus.REQUEST_TIMEOUT, f"The {part} did not come within {seconds:g} seconds."
    )
