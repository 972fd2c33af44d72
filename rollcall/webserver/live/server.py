"""The server of news: it reads the database once for all boards, and sends only ids of Macs."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from socket import socket
from threading import Event
from typing import Any
from urllib.parse import parse_qs

import structlog
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.database.engine import Database
from infrastructure.errors import first_line
from infrastructure.execution.loop import utc_now
from infrastructure.heartbeats.process import Pulse
from infrastructure.text import whole_number
from provisioning.registrations.listings.recent import ChangeReader
from rollcall.webserver.answers import plain
from rollcall.webserver.limits import Limits, raise_file_limit
from rollcall.webserver.live.board_queue import BoardQueue
from rollcall.webserver.live.connections import BoardConnection
from rollcall.webserver.live.events import BEAT, FAREWELL, Journal
from rollcall.webserver.live.watchers import BoardWatcher, BoardWatchers
from rollcall.webserver.requests import Request
from rollcall.webserver.sockets import BACKLOG
from rollcall.webserver.waiting import Register, receive_buffer
from server.repeats import Repeats

log = structlog.get_logger()

PATH = "/board/live"
PROBE = "/healthz"
TICK = 0.02  # seconds between two turns of telling boards
MAX_PER_TURN = 15  # boards that get news in one of them: 500 within a second
START_TIMEOUT = 5.0  # seconds for the first look, before which no board is admitted
ADMITTING = 2  # threads that authenticate
LONGEST_QUERY = 199  # characters of an address that are read
RETRY = (1000, 4000)  # ms after which a browser comes back: each at another time


@dataclass(frozen=True, slots=True)
class LiveLimits:
    """The limits of the server of news.

    `boards` may be open, `each` of one session or screen. Seconds: `look` between two
    looks for changes, `check` at sessions, `beat` between comments; where sessions could not be
    looked at for `unchecked` seconds, all connections end.
    """

    boards: int = 2000
    each: int = 8
    look: float = 0.5
    check: float = 2.0
    beat: float = 15.0
    unchecked: float = 15.0


class LiveServer:
    """A server of news for the boards at an `origin`.

    `pulse` gets its heartbeats.
    """

    def __init__(
        self,
        database: Database,
        origin: str,
        live_limits: LiveLimits,
        *,
        pulse: Pulse,
        limits: Limits | None = None,
        boards: BoardQueue | None = None,
    ) -> None:
        self.limits = limits or Limits(answer=30.0)
        self.register, self.buffer = Register(self.limits), receive_buffer()
        self.journal, self.boards = Journal(), boards or BoardQueue()
        self._database, self._origin, self._live_limits = database, origin, live_limits
        self._pulse = pulse
        self._watchers, self._changes = BoardWatchers(origin), ChangeReader()
        self._connections: set[BoardConnection] = set()
        self._looking = ThreadPoolExecutor(1, thread_name_prefix="looking")
        self._admitting = ThreadPoolExecutor(ADMITTING, thread_name_prefix="admitting")
        self._repeats = Repeats(log.warning)
        self._checked_at, self._check_at = time.monotonic(), 0.0
        self._has_looked = asyncio.Event()  # boards get what changes from then on

    async def serve(self, listener: socket, stop: Event) -> None:
        """Serve those who come to a socket that listens, until `stop` is set."""
        self._loop = asyncio.get_running_loop()
        raise_file_limit()
        tasks = [asyncio.create_task(each()) for each in (self._look, self._tell, self._watch)]
        with suppress(TimeoutError):
            await asyncio.wait_for(self._has_looked.wait(), START_TIMEOUT)
        server = await self._loop.create_server(
            lambda: BoardConnection(self, self._loop), sock=listener, backlog=BACKLOG
        )
        ended = self._loop.run_in_executor(None, stop.wait)
        try:
            waited: list[asyncio.Future[Any]] = [ended, *tasks]
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()  # raises what ended it
        finally:
            stop.set()
            server.close()
            for task in tasks:
                task.cancel()
            for connection in tuple(self._connections):
                connection.end()
            for pool in (self._looking, self._admitting):
                pool.shutdown(cancel_futures=True)  # a read under way needs the database

    # What connections call.

    def enter(self, connection: BoardConnection) -> None:
        """Register a new connection; where there are too many, one without a request is closed."""
        self._connections.add(connection)
        most = self._live_limits.boards + self._live_limits.boards // 4
        if len(self._connections) > most:
            self._repeats.say("many", "connections dropped: there are too many", most=most)
            (self.register.longest() or connection).drop()

    def leave(self, connection: BoardConnection) -> None:
        """Forget a connection that is closed."""
        self._connections.discard(connection)
        self.boards.remove(connection)

    def ask(self, connection: BoardConnection, request: Request) -> None:
        """Let a watcher in, or answer with the reason for a refusal."""
        if request.path == PROBE:
            connection.answer(plain(HTTPStatus.OK, "ok"))
        elif request.path != PATH or request.method != "GET":
            connection.answer(plain(HTTPStatus.NOT_FOUND, "There are news at /board/live alone."))
        elif not _is_of_our_pages(request.headers, self._origin):
            connection.answer(plain(HTTPStatus.FORBIDDEN, "Only pages of the board hear of news."))
        elif not self._has_looked.is_set():
            connection.answer(
                plain(HTTPStatus.SERVICE_UNAVAILABLE, "The database does not answer.")
            )
        elif len(self.boards) >= self._live_limits.boards:
            self._repeats.say("full", "boards not told: there are too many")
            connection.answer(plain(HTTPStatus.SERVICE_UNAVAILABLE, "Too many boards are open."))
        else:
            self._admitting.submit(self._admit, connection, request)

    def _admit(self, connection: BoardConnection, request: Request) -> None:
        """Authenticate a request, in a thread."""
        try:
            cookies = request.headers.get("HTTP_COOKIE", "")
            with self._database.reading() as session:
                watcher = self._watchers.find(session, cookies, utc_now())
        except SQLAlchemyError as error:
            self._repeats.say("database", "database not reached", reason=first_line(error))
            refusal = plain(HTTPStatus.SERVICE_UNAVAILABLE, "The database does not answer.")
            self._call(partial(connection.answer, refusal))
        except Exception:
            log.exception("unexpected error")
            self._call(connection.drop)
        else:
            self._call(partial(self._open, connection, request, watcher))

    def _call(self, function: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function)

    def _open(
        self, connection: BoardConnection, request: Request, watcher: BoardWatcher | None
    ) -> None:
        """Begin to send news to a browser."""
        if connection.is_closing:
            return
        if watcher is None:
            connection.answer(plain(HTTPStatus.UNAUTHORIZED, "Sign in first."))
            return
        if self.boards.number_of(watcher) >= self._live_limits.each:
            connection.answer(plain(HTTPStatus.TOO_MANY_REQUESTS, "You have too many boards open."))
            return
        greeting = self.journal.greeting(random.randint(*RETRY))  # noqa: S311 - no secret
        connection.open(watcher, _mac(request.query), greeting)
        self.boards.add(connection)
        if (last := request.headers.get("HTTP_LAST_EVENT_ID")) is not None:
            missed = self.journal.missed(last)
            if missed is not None and connection.mac is not None:
                missed &= {connection.mac}
            if missed is None or missed:
                self.boards.enqueue_for(connection, missed)

    # What it does all the time.

    async def _look(self) -> None:
        """Look for changes, and at the sessions of those who hear."""
        while True:
            try:
                await self._look_once()
            except SQLAlchemyError as error:
                self._repeats.say("database", "database not reached", reason=first_line(error))
            await asyncio.sleep(self._live_limits.look)

    async def _look_once(self) -> None:
        is_due = time.monotonic() >= self._check_at
        watchers = self.boards.watchers if is_due else set()
        changed, gone = await self._loop.run_in_executor(self._looking, self._read, watchers)
        self._has_looked.set()
        if is_due:
            self._checked_at = time.monotonic()
            self._check_at = self._checked_at + self._live_limits.check
        self._end_those_of(gone)
        if changed is None or changed:
            self.boards.enqueue(self.journal.add(changed))

    def _read(self, watchers: set[BoardWatcher]) -> tuple[frozenset[int] | None, set[BoardWatcher]]:
        """The Macs that changed, and the watchers who are no longer admitted; in a thread."""
        self._pulse()
        with self._database.reading() as session:
            gone = set()
            if watchers:
                gone = watchers - self._watchers.still_in(session, watchers, utc_now())
            return self._changes.read(session), gone

    async def _tell(self) -> None:
        """Tell boards of news, some at a time: their servers are asked by all that were told."""
        while True:
            await asyncio.sleep(TICK)
            for connection, macs in self.boards.next(self._loop.time(), MAX_PER_TURN):
                connection.send(self.journal.message(macs))

    async def _watch(self) -> None:
        """End what takes too long, and keep connections that are silent."""
        beat_at = 0.0
        while True:
            await asyncio.sleep(min(0.5, self._live_limits.unchecked / 4))
            now = self._loop.time()
            self.register.expire(now)
            if time.monotonic() - self._checked_at > self._live_limits.unchecked:
                self._repeats.say("unchecked", "boards not told: sessions cannot be looked at")
                for connection in self.boards:
                    connection.end()
            if now >= beat_at:
                beat_at = now + self._live_limits.beat
                for connection in self.boards:
                    connection.send(BEAT)

    def _end_those_of(self, gone: set[BoardWatcher]) -> None:
        for connection in self.boards if gone else ():
            if connection.watcher in gone:
                connection.end(FAREWELL)


def _is_of_our_pages(headers: Mapping[str, str], origin: str) -> bool:
    """True if the request is from a page of the board; browsers send at least the first header."""
    site, sent = headers.get("HTTP_SEC_FETCH_SITE"), headers.get("HTTP_ORIGIN")
    return (site is None or site == "same-origin") and (sent is None or sent == origin)


def _mac(query: str) -> int | None:
    """The only Mac that a page is about; None for all."""
    # Without a limit of fields, which raises: so short an address has few.
    named = parse_qs(query).get("mac", [""])[0] if len(query) <= LONGEST_QUERY else ""
    return whole_number(named)
