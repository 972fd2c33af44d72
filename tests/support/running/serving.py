"""An app of ours on a port, for those who come over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import create_connection
from threading import Thread
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOOPBACK = "127.0.0.1"


class QuietHandler(WSGIRequestHandler):
    """A handler that says nothing of a request, and does not hide an error."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


class Sleeping(ThreadedWSGIServer):
    """A server that sleeps until it is asked something, or to end.

    Python's own looks for its end many times a second, and each test would wait for that look.
    """

    _ends = False

    def __init__(self, app: "WSGIApplication", port: int = 0) -> None:
        super().__init__(LOOPBACK, port, app, QuietHandler)

    def serve(self) -> None:
        """Answer requests until `end` is called, and free the port."""
        while not self._ends:
            self.handle_request()
        self.server_close()

    def end(self) -> None:
        """Have `serve` take no more requests; returns at once."""
        self._ends = True
        with suppress(OSError):  # it has ended already
            create_connection((LOOPBACK, self.port)).close()

    def verify_request(self, *_: Any, **__: Any) -> bool:
        """False for the one that only wakes the server."""
        return not self._ends


class Patient(Sleeping):
    """A server that ends when all that it was asked is done: the database is closed then."""

    daemon_threads = False


@contextmanager
def served(app: "WSGIApplication", port: int = 0) -> Iterator[str]:
    """Serve an app on loopback, on any free port where none is named; yields its URL."""
    server = Patient(app, port)
    thread = Thread(target=server.serve)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.port}"
    finally:
        server.end()
        thread.join()
