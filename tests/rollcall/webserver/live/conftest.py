"""The server of news in this process, and boards that hear it over real connections."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any, ClassVar

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.heartbeats.process import unheard
from provisioning.access.accounts import sessions
from provisioning.access.accounts.models import SLACK, Account
from rollcall.webserver.limits import Limits
from rollcall.webserver.live.board_queue import BoardQueue
from rollcall.webserver.live.server import LiveLimits, LiveServer
from rollcall.webserver.sockets import listening
from tests.support import acting
from tests.support.databases.postgres import free_port
from tests.support.running.webserving import LOOPBACK

ORIGIN = "https://rollcall.example.com"
QUICK = LiveLimits(boards=4, each=2, look=0.03, check=0.06, beat=0.2, unchecked=0.8)
NO_PACE = {"at_once": 1000, "a_second": 1000.0}


class Flaky:
    """A database that can go away."""

    def __init__(self, database: Database) -> None:
        self.is_away = False
        self._database = database

    def reading(self) -> AbstractContextManager[Session]:
        if self.is_away:
            raise OperationalError("SELECT", {}, Exception("gone"))
        return self._database.reading()


class Board:
    """A connection of a browser to the server of news; without a `path` it asks for nothing."""

    opened: ClassVar[list["Board"]] = []

    def __init__(
        self, port: int, *headers: str, query: str = "", path: str = "/board/live"
    ) -> None:
        self._socket = socket.create_connection((LOOPBACK, port), timeout=5)
        self.opened.append(self)
        self.heard = b""
        if not path:
            return
        lines = [f"GET {path}{query} HTTP/1.1", "Host: rollcall", *headers]
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def hear(self, text: str, seconds: float = 5) -> str:
        """Read until this text has come, and return all that has come."""
        return self._read(lambda: text.encode() in self.heard, seconds)

    def until_the_end(self, seconds: float = 5) -> str:
        """Read until the server closes."""
        return self._read(lambda: False, seconds, ends=True)

    def close(self) -> None:
        """Go away."""
        self._socket.close()

    def _read(self, is_done: Any, seconds: float, *, ends: bool = False) -> str:
        until = time.monotonic() + seconds
        while not is_done():
            self._socket.settimeout(max(0.01, until - time.monotonic()))
            try:
                piece = self._socket.recv(65536)
            except ConnectionResetError:
                piece = b""
            if not piece:
                assert ends, self.heard
                break
            self.heard += piece
        return self.heard.decode()


class Live:
    """The server of news at work, at `port`, with a database that can go away."""

    def __init__(self, database: Database, port: int) -> None:
        self.database, self.port, self.flaky = database, port, Flaky(database)

    def cookie(self, user: str = "U0ALICE") -> str:
        """The header of a person who is signed in."""
        with self.database.begin() as session:
            if session.get(Account, user) is None:
                session.add(Account(id=user, name=user, language="en"))
            token = sessions.begin(session, user, SLACK, "Browser", datetime.now(UTC))
        return f"Cookie: x=y; __Host-rollcall={token}"

    def board(self, *headers: str, query: str = "") -> Board:
        """A board that is told from now on."""
        board = Board(self.port, *(headers or [self.cookie()]), query=query)
        board.hear("event: hello\n")
        return board

    def register(self, *serials: str) -> None:
        """Register Macs."""
        acting.register(self.database, *serials)


@contextmanager
def serving(
    database: Database, terms: LiveLimits = QUICK, limits: Limits | None = None
) -> Iterator[Live]:
    """Serve news meanwhile."""
    live, stop = Live(database, free_port()), Event()
    server = LiveServer(
        live.flaky,  # type: ignore[arg-type]
        ORIGIN,
        terms,
        pulse=unheard,
        limits=limits,
        boards=BoardQueue(**NO_PACE),  # type: ignore[arg-type]
    )

    def serve() -> None:
        with listening(LOOPBACK, live.port, "PORT") as listener:
            asyncio.run(server.serve(listener, stop))

    thread = Thread(target=serve)
    thread.start()
    for _ in range(200):
        try:
            socket.create_connection((LOOPBACK, live.port)).close()
            break
        except OSError:
            time.sleep(0.01)
    try:
        yield live
    finally:
        stop.set()
        thread.join()
        while Board.opened:
            Board.opened.pop().close()


@pytest.fixture
def live(database: Database) -> Iterator[Live]:
    """The server of news, which looks more often than it would."""
    with serving(database) as live:
        yield live
