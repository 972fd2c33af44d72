"""Connections that wait for their clients, and their register with the ends of their waits."""

import asyncio
import socket
import struct
from enum import Enum, auto
from typing import Protocol

from rollcall.webserver.limits import Limits


class WaitKind(Enum):
    """Kinds of waiting; the first ones are given up first where room is needed."""

    REQUEST = auto()
    FAREWELL = auto()  # the client has been told to go
    UPLOAD = auto()  # a large body
    BODY = auto()
    READING = auto()  # the client has not taken its answer


RECEIVED = 64 * 1024  # bytes that are taken from a client at once
_FORGET = struct.pack("ii", 1, 0)


class Waiting(Protocol):
    """A connection, as far as this register knows it; `held` are its bytes in memory."""

    held: int

    def expire(self, wait: WaitKind) -> None:
        """End a wait that took too long."""

    def drop(self) -> None:
        """Close at once, without an answer."""


class Register:
    """Connections by their kinds of wait, the longest first.

    One kind of wait has one length, so the first of each kind is always the next to expire.
    """

    def __init__(self, limits: Limits) -> None:
        self._lengths = {
            WaitKind.REQUEST: limits.idle,
            WaitKind.FAREWELL: limits.farewell,
            WaitKind.UPLOAD: limits.upload,
            WaitKind.BODY: limits.body,
            WaitKind.READING: limits.answer,
        }
        self._since: dict[WaitKind, dict[Waiting, float]] = {wait: {} for wait in WaitKind}

    def add(self, connection: Waiting, wait: WaitKind, now: float) -> None:
        """Add a connection that waits from `now` on, in seconds of the event loop's clock."""
        self._since[wait][connection] = now

    def remove(self, connection: Waiting, wait: WaitKind) -> None:
        """Remove a connection."""
        self._since[wait].pop(connection, None)

    def expire(self, now: float) -> None:
        """End all waits that took too long."""
        for wait, since in self._since.items():
            while since and now - since[first := next(iter(since))] >= self._lengths[wait]:
                del since[first]
                first.expire(wait)

    def longest(self) -> Waiting | None:
        """The connection with the longest wait of the first kind; None without one."""
        return next((first for since in self._since.values() for first in since), None)

    def holder(self) -> Waiting | None:
        """The connection that has waited longest of those that hold memory; None without one."""
        kinds = WaitKind.UPLOAD, WaitKind.BODY, WaitKind.READING, WaitKind.REQUEST
        waiting = (connection for kind in kinds for connection in self._since[kind])
        return next((connection for connection in waiting if connection.held), None)


def receive_buffer() -> memoryview:
    """Return a buffer for the connections of one loop.

    Without it asyncio asks for 256 KiB at each look at a socket. Within the limits that boot.sh
    sets, malloc often gets as much from the system, and gives it back.
    """
    return memoryview(bytearray(RECEIVED))


class WaitingConnection(asyncio.BufferedProtocol):
    """A base of connections that are in a register while they wait for their clients.

    All connections of a loop receive into one `buffer`, from which each copies what came at once.
    """

    __slots__ = ("_buffer", "_loop", "_register", "_transport", "_wait", "held")

    def __init__(
        self, register: Register, buffer: memoryview, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.held = 0
        self._register, self._buffer, self._loop = register, buffer, loop
        self._wait: WaitKind | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport, which is to tell when a client has not taken all."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self._transport = transport
        transport.set_write_buffer_limits(high=0)

    def get_buffer(self, _: int) -> memoryview:
        """Return where the loop puts what came."""
        return self._buffer

    def buffer_updated(self, size: int) -> None:
        """Take what came out of the buffer."""
        self.receive(bytes(self._buffer[:size]))

    def receive(self, data: bytes) -> None:
        """Read what the client sent."""
        raise NotImplementedError

    def expire(self, wait: WaitKind) -> None:
        """End a wait that took too long."""
        raise NotImplementedError

    def drop(self) -> None:
        """Close at once, without an answer."""
        self._await(None)
        self._abort()

    def _await(self, wait: WaitKind | None) -> None:
        """Begin a wait for the client; None for no wait."""
        if wait is self._wait:
            return
        if self._wait is not None:
            self._register.remove(self, self._wait)
        self._wait = wait
        if wait is not None:
            self._register.add(self, wait, self._loop.time())

    def _abort(self) -> None:
        """Close, and have the system drop unsent bytes."""
        connection = self._transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _FORGET)
        self._transport.abort()
