"""A web server that says what it was asked."""

import json
import threading
from collections.abc import Iterator
from functools import partial

import pytest
from flask import Flask, Response, request

from rollcall.webserver.limits import Limits
from tests.support.running.webserving import web_server

LARGE = 16 * 1024 * 1024  # bytes: more than the system takes for a client that does not read
LARGE_ANSWER = b"x" * LARGE  # made once: what the tests take is not for making it


class Echo:
    """An application that answers with what it sees; `gate` holds those who ask for /wait."""

    def __init__(self) -> None:
        self.app = Flask(__name__)
        self.asked: list[str] = []
        self.gate = threading.Event()
        self.app.url_map.merge_slashes = False
        route = partial(self.app.add_url_rule, methods=["GET", "POST"])
        route("/healthz", "probe", lambda: "ok\n")
        route("/large", "large", lambda: Response(LARGE_ANSWER))
        route("/nothing", "nothing", lambda: ("", 204))
        route("/wait", "wait", self._wait)
        route("/fail", "fail", self._fail)
        route("/", "root", self._seen)
        route("/<path:path>", "other", self._seen)

    def _wait(self) -> str:
        self.asked.append("/wait")
        self.gate.wait(60)
        return "waited\n"

    def _fail(self) -> str:
        raise RuntimeError("on purpose")

    def _seen(self, path: str = "") -> str:
        self.asked.append(f"/{path}")
        return json.dumps(
            {
                "path": request.environ["PATH_INFO"],
                "query": request.query_string.decode(),
                "headers": {name: value for name, value in request.headers.items()},  # noqa: C416
                "body": request.get_data().decode("latin-1"),
                "address": request.remote_addr,
            }
        )


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def limits() -> Limits:
    """Limits that a test can wait for."""
    return Limits(idle=1.2, body=0.6, answer=1.0, farewell=0.3)


@pytest.fixture
def port(echo: Echo, limits: Limits) -> Iterator[int]:
    """The port of a web server with that application."""
    with web_server(echo.app, limits) as port:
        yield port
        echo.gate.set()
