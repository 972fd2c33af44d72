"""The web server in this process, on a free port, and a client that sends bytes as they are."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from rollcall.webserver.limits import Limits
from rollcall.webserver.workers import Worker

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOOPBACK = "127.0.0.1"


@contextmanager
def web_server(
    app: "WSGIApplication",
    limits: Limits | None = None,
    *,
    threads: int = 4,
    largest_body: Callable[[str], int] = lambda _: 64 * 1024,
    probes: frozenset[str] = frozenset({"/healthz"}),
) -> Iterator[int]:
    """Serve an app from one worker; yields the port."""
    listener = socket.create_server((LOOPBACK, 0))
    listener.setblocking(False)
    port: int = listener.getsockname()[1]
    worker = Worker(
        app, listener, threads=threads, largest_body=largest_body, probes=probes, limits=limits
    )
    loops: list[asyncio.AbstractEventLoop] = []
    begun = Event()

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        begun.set()
        await worker.serve()

    thread = Thread(target=lambda: asyncio.run(serve()), name="web server")
    thread.start()
    begun.wait()
    try:
        yield port
    finally:
        loops[0].call_soon_threadsafe(worker.stop)
        thread.join()


def exchange(port: int, *pieces: bytes, half_closed: bool = False, timeout: float = 30) -> bytes:
    """Send pieces, and return all that comes back until the server closes."""
    with socket.create_connection((LOOPBACK, port), timeout=timeout) as connection:
        for piece in pieces:
            connection.sendall(piece)
        if half_closed:
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))
