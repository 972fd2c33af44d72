"""A stand-in receiver of webhooks, which takes nothing that the specification does not allow."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook as Verifier


class Receiver:
    """A receiver at `url`: what it took, by id, in the order of arrival, and what was wrong."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key = ""
        self.status, self.headers = 204, dict[str, str]()
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.asked = 0
        self.arrived: dict[str, float] = {}  # serials, and when the first message of each came
        self.is_of_another_time = False  # where a test moves the clock by more than minutes
        self.misbehave: Callable[[BaseHTTPRequestHandler], None] | None = None

    def verified(self, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        """The content of a message. Raises WebhookVerificationError, AssertionError."""
        verifier = Verifier(self.key)
        if not self.is_of_another_time:
            return dict(verifier.verify(body, headers))
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        signature = verifier.sign(headers["webhook-id"], at, body.decode())
        assert signature in headers["webhook-signature"].split(" ")
        return dict(json.loads(body))

    @property
    def types(self) -> list[str]:
        """The types of what it took."""
        return [body["type"] for _, body in self.taken]


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver on this machine; with a context, by https."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.asked += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if receiver.misbehave is not None:
                receiver.misbehave(self)
                return
            status = receiver.status
            if status in range(200, 300):
                assert self.headers["Content-Type"] == "application/json"
                signed = {name.lower(): value for name, value in self.headers.items()}
                taken = receiver.verified(body, signed)
                receiver.arrived.setdefault(taken["data"].get("serial", ""), time.monotonic())
                receiver.taken.append((signed["webhook-id"], taken))
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "http" if context is None else "https"
    receiver = Receiver(f"{scheme}://127.0.0.1:{server.server_address[1]}/hook")
    thread = threading.Thread(target=lambda: server.serve_forever(0.02))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
