"""An app of ours on a port, for those who come over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOOPBACK = "127.0.0.1"
POLL = 0.005  # seconds between looks for the end, for which every test waits


class QuietHandler(WSGIRequestHandler):
    """Says nothing of a request, but does not hide an error."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


class Patient(ThreadedWSGIServer):
    """A server that ends when all that it was asked is done: the database is closed then."""

    daemon_threads = False


@contextmanager
def served(app: "WSGIApplication", port: int = 0) -> Iterator[str]:
    """Serve an app on loopback, on any free port where none is named; yields its URL."""
    server = Patient(LOOPBACK, port, app, QuietHandler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": POLL})
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
