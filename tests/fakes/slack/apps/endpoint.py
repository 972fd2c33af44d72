"""The other side of the stand-in: an app's Request URL that does as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, request
from werkzeug.serving import make_server

from tests.fakes.slack.web.wire import JSON


class Endpoint:
    """Keeps what it is sent, and answers what `answers` returns: text, JSON or a response."""

    def __init__(self) -> None:
        self.url = ""
        """The address where it is served; empty before."""
        self.answers: Callable[[], Any] = str
        self.received: list[JSON] = []
        self.raw: list[tuple[str, dict[str, str]]] = []
        """Bodies and headers as they came, to verify their signatures."""

    def __call__(self) -> Any:
        body = request.get_data(as_text=True)
        self.raw.append((body, dict(request.headers)))
        form = dict(parse_qsl(body))
        is_json = request.is_json or "payload" in form
        self.received.append(json.loads(form.get("payload", body)) if is_json else form)
        return self.answers()


@contextmanager
def serving(view: Callable[[], Any]) -> Iterator[str]:
    """Serve one view function on a free port; yields its URL."""
    app = Flask("app under test")
    app.add_url_rule("/slack/events", "events", view, methods=["POST"])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/slack/events"
    finally:
        server.shutdown()
        thread.join()
