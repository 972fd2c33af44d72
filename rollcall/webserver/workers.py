"""A worker of the web server: one event loop for all connections, and threads for the answers."""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from socket import socket
from typing import TYPE_CHECKING

import structlog

from rollcall.webserver.answers import Rest, ask, plain
from rollcall.webserver.connections import ClientConnection
from rollcall.webserver.limits import Limits, most_connections, raise_file_limit
from rollcall.webserver.requests import Request, RequestRefused
from rollcall.webserver.sockets import BACKLOG
from rollcall.webserver.waiting import Register, receive_buffer
from server.repeats import Repeats

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

log = structlog.get_logger()

INTERVAL = 0.5  # seconds between two looks at who waits too long
TURNS = 3  # of the loop, after which a connection that was accepted has begun


class Worker:
    """A server of a WSGI application on a listening socket, until it is stopped.

    `largest_body` returns the limit of bytes of the body for a path. Requests for a path of
    `probes` have a thread of their own: they are answered while all others are busy.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        listener: socket,
        *,
        threads: int,
        largest_body: Callable[[str], int],
        probes: frozenset[str] = frozenset(),
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.register, self.buffer = Register(self.limits), receive_buffer()
        self.largest_body = largest_body
        self.is_stopping = False
        self._application, self._listener, self._probes = application, listener, probes
        self._answering = ThreadPoolExecutor(threads, thread_name_prefix="answers")
        self._probing = ThreadPoolExecutor(1, thread_name_prefix="probes")
        self._environ = _shared_environ(listener)
        self._connections: set[ClientConnection] = set()
        self._max_connections = self.limits.connections or most_connections(raise_file_limit())
        self._held = 0  # bytes in memory
        self._repeats = Repeats(log.warning)
        self._stopped = asyncio.Event()
        self._emptied = asyncio.Event()

    async def serve(self) -> None:
        """Serve until `stop`, and until the requests under way are answered."""
        self._loop = asyncio.get_running_loop()
        # One connection a turn of the loop: a busy worker leaves the next to another.
        server = await self._loop.create_server(
            lambda: ClientConnection(self, self._loop), sock=self._listener, backlog=1
        )
        self._listener.listen(BACKLOG)
        expiring = asyncio.create_task(self._watch())
        await self._stopped.wait()
        self.is_stopping = True
        self._loop.remove_reader(self._listener)  # no more are accepted; the last are to begin
        for _ in range(TURNS):
            await asyncio.sleep(0)
        server.close()
        for connection in tuple(self._connections):
            connection.stop()
        if self._connections:
            await self._emptied.wait()
        expiring.cancel()
        for pool in (self._answering, self._probing):
            pool.shutdown()

    def stop(self) -> None:
        """Stop serving; called in the event loop."""
        self._stopped.set()

    def enter(self, connection: ClientConnection) -> None:
        """Register a new connection; where there are too many, another one is closed."""
        if len(self._connections) >= self._max_connections:
            self._repeats.say(
                "many", "connections dropped: there are too many", most=self._max_connections
            )
            (self.register.longest() or connection).drop()
        self._connections.add(connection)

    def leave(self, connection: ClientConnection) -> None:
        """Forget a connection that is closed."""
        self._connections.discard(connection)
        if self.is_stopping and not self._connections:
            self._emptied.set()

    def hold(self, size: int, connection: ClientConnection) -> None:
        """Count bytes that came into memory, or left it (a negative size).

        Where there are too many, the slowest client is dropped. Raises RequestRefused where that is
        `connection` itself, or where there is none.
        """
        self._held += size
        while size > 0 and self._held > self.limits.memory:
            slowest = self.register.holder()
            if slowest is None or slowest is connection:
                raise RequestRefused(HTTPStatus.SERVICE_UNAVAILABLE, "Too much at once; try again.")
            self._repeats.say("memory", "connections dropped: they fill the memory")
            slowest.drop()

    def answer(self, connection: ClientConnection, request: Request) -> None:
        """Have a thread answer a request."""
        pool = self._probing if request.path in self._probes else self._answering
        pool.submit(self._answer, connection, request, self._loop.time())

    def make_part(self, connection: ClientConnection, rest: Rest) -> None:
        """Have a thread make the next part of a long answer, after the requests that wait."""
        self._answering.submit(self._make_part, connection, rest)

    def abandon(self, rest: Rest) -> None:
        """Have a thread close the rest of an answer, which its client no longer takes."""
        self._answering.submit(rest.close)

    def note(self, connection: ClientConnection, refused: RequestRefused) -> None:
        """Log that a client was refused, each status once a minute."""
        self._repeats.say(
            refused.status,
            "request not read",
            status=refused.status.value,
            reason=str(refused),
            address=connection.address,
        )

    def _answer(self, connection: ClientConnection, request: Request, since: float) -> None:
        """Answer a request that has waited for this thread `since` then.

        One whose client has hung up meanwhile is passed over. The client asks again, and of ten
        thousand Macs that all do, none would have an answer that comes within its time.
        """
        if connection.has_ended and self._loop.time() - since > self.limits.gone:
            self._repeats.say("gone", "requests passed over: their clients hung up")
            answer = plain(HTTPStatus.SERVICE_UNAVAILABLE, "Too much at once; try again.")
        else:
            answer = ask(self._application, request.environ(self._environ, connection.address))
        request.close()
        with suppress(RuntimeError):  # the loop is closed: the process was in a hurry to end
            self._loop.call_soon_threadsafe(connection.send, answer)

    def _make_part(self, connection: ClientConnection, rest: Rest) -> None:
        part = rest.make_part()
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(connection.send_part, part)

    async def _watch(self) -> None:
        """End the waits that take too long."""
        limits = self.limits
        shortest = min(limits.idle, limits.body, limits.upload, limits.farewell)
        while True:
            await asyncio.sleep(min(INTERVAL, shortest / 4))
            self.register.expire(self._loop.time())


def _shared_environ(listener: socket) -> "WSGIEnvironment":
    """The part of a WSGI environment that is the same for all requests."""
    host, port = listener.getsockname()[:2]
    return {
        "SCRIPT_NAME": "",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "wsgi.errors": sys.stderr,
        "wsgi.input_terminated": True,
        "wsgi.multiprocess": True,
        "wsgi.multithread": True,
        "wsgi.run_once": False,
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
    }
