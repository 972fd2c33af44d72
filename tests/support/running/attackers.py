"""Clients that hold a web server up: many connections, none of which asks for anything in time."""

import asyncio
import resource
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

LOOPBACK = "127.0.0.1"
SPARE = 256  # file descriptors for everything else in this process


@dataclass(frozen=True, slots=True)
class Attack:
    """The bytes of each connection: `opening` at once, then `drip` every `pause` seconds, for ever.

    A connection whose attack does not read leaves the server's answers where they are.
    """

    opening: bytes = b""
    drip: bytes = b""
    pause: float = 1.0
    reads: bool = True


def request(
    path: str, *headers: str, method: str = "POST", body: bytes = b"", version: str = "1.1"
) -> bytes:
    """A request as it goes over the wire, with no header but `Host` and those that are given."""
    head = "\r\n".join([f"{method} {path} HTTP/{version}", "Host: rollcall", *headers])
    return head.encode("latin-1") + b"\r\n\r\n" + body


def half_a_body(path: str, *headers: str) -> Attack:
    """One byte of the two that the headers promise."""
    return Attack(request(path, "Content-Length: 2", *headers, body=b"x"))


SILENT = Attack()
SLOW_HEADERS = Attack(b"GET / HTTP/1.1\r\nX-Slow: ", b"a")
SLOW_BODY = Attack(request("/slack/events", "Content-Length: 60000"), b"x")
ENDLESS_CHUNKS = Attack(request("/slack/events", "Transfer-Encoding: chunked"), b"1\r\nx\r\n")
HTTP2_PREFACE = Attack(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
KEPT_ALIVE = Attack(request("/healthz", method="GET"))


class Siege(threading.Thread):
    """Connections to a port of this machine, all opened on entry and held until the exit.

    `lives` has the seconds that each connection lived which the server has ended.
    """

    def __init__(self, port: int, attack: Attack, connections: int) -> None:
        super().__init__(name="siege", daemon=True)
        self._port, self._attack, self._count = port, attack, connections
        self._standing, self._over = threading.Event(), asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.lives: list[float] = []
        self.attackers: list[_Attacker] = []

    def __enter__(self) -> Self:
        _allow_files(self._count + SPARE)
        self.start()
        self._standing.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._over.set)
        self.join()

    @property
    def alive(self) -> int:
        """The connections that the server has not ended."""
        return sum(attacker.look() for attacker in self.attackers)

    def run(self) -> None:
        """Open the connections and hold them."""
        asyncio.run(self._hold())

    async def _hold(self) -> None:
        self._loop = asyncio.get_running_loop()
        for first in range(0, self._count, 200):
            await self._open(min(200, self._count - first))
        self._standing.set()
        await self._over.wait()
        for attacker in self.attackers:
            attacker.end()
        await asyncio.sleep(0.01)  # in which the event loop closes them

    async def _open(self, connections: int) -> None:
        assert self._loop is not None
        opened = [
            self._loop.create_connection(
                lambda: _Attacker(self._attack, self.lives), LOOPBACK, self._port
            )
            for _ in range(connections)
        ]
        for result in await asyncio.gather(*opened, return_exceptions=True):
            if isinstance(result, BaseException):
                self.lives.append(0.0)
            else:
                self.attackers.append(result[1])


@dataclass(eq=False, slots=True)
class _Attacker(asyncio.Protocol):
    """One connection of a siege."""

    attack: Attack
    lives: list[float]
    is_alive: bool = True
    received: bytearray = field(default_factory=bytearray)
    began: float = 0.0
    transport: asyncio.Transport | None = None
    next_drip: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.began = transport, time.monotonic()
        if not self.attack.reads:
            transport.pause_reading()
        transport.write(self.attack.opening)
        self._drip_later()

    def data_received(self, data: bytes) -> None:
        self.received += data[: 4096 - len(self.received)]

    def eof_received(self) -> None:
        self._note()

    def connection_lost(self, _: Exception | None) -> None:
        self._note()

    def look(self) -> bool:
        """True where the connection lives; one that does not read has to ask the system."""
        if self.is_alive and self.transport and not self.attack.reads:
            connection = self.transport.get_extra_info("socket")
            with suppress(OSError):  # the event loop has closed it meanwhile, and notes that
                if connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    self._note()
        return self.is_alive

    def end(self) -> None:
        """Leave."""
        if self.next_drip:
            self.next_drip.cancel()
        if self.transport:
            self.transport.abort()

    def _note(self) -> None:
        if self.is_alive:
            self.is_alive = False
            self.lives.append(time.monotonic() - self.began)

    def _drip_later(self) -> None:
        if self.attack.drip and self.is_alive:
            loop = asyncio.get_running_loop()
            self.next_drip = loop.call_later(self.attack.pause, self._drip)

    def _drip(self) -> None:
        if self.transport and not self.transport.is_closing():
            self.transport.write(self.attack.drip)
            self._drip_later()


def _allow_files(files: int) -> None:
    """Let this process have so many files open, where the machine allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(files, hard), hard))
