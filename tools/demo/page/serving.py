"""A server of the demo's page on a port of this machine."""

import threading
from typing import Self

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer

from tests.support.running.serving import QuietHandler


class Serving:
    """A server of an app on 127.0.0.1, in a thread; on a free port unless one is given."""

    def __init__(self, app: Flask, port: int = 0) -> None:
        self._server = ThreadedWSGIServer("127.0.0.1", port, app, QuietHandler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="page", daemon=True
        )
        self.url = f"http://127.0.0.1:{self._server.port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
