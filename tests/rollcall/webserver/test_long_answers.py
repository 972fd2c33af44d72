"""Long answers, which are made part by part: whole for who takes them, and no burden by others."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest
from flask import Flask, Response, request
from structlog.testing import capture_logs

from infrastructure.errors import RollcallError
from rollcall.webserver.limits import Limits
from server.request_log import LONG
from tests.support.running import attackers
from tests.support.running.webserving import LOOPBACK, exchange, web_server
from tests.support.waiting import eventually

PART = b"x" * (LONG // 2 + 1)
NEVER = 60.0  # seconds
FEW = 40  # parts that the system takes for a client that does not read, and more


class Long:
    """An application with long answers, which knows how many parts it made, and if it was closed.

    `/?parts=9` has nine parts, `/` no end; behind them `fails` raises, and `ends` an error of ours.
    `size` is that of a part.
    """

    def __init__(self) -> None:
        self.app = Flask(__name__)
        self.made, self.is_closed = 0, False
        self.app.add_url_rule("/", "long", self._long)
        self.app.add_url_rule("/short", "short", lambda: "short")

    def _long(self) -> Response:
        number, size = (request.args.get(name, type=int) for name in ("parts", "size"))
        part = PART if size is None else b"x" * size
        error: Exception | None = RuntimeError("on purpose") if "fails" in request.args else None
        error = RollcallError("It is over.") if "ends" in request.args else error
        response = Response(self._parts(number, part, error))
        response.call_on_close(self._note_close)
        return response

    def _parts(self, number: int | None, part: bytes, error: Exception | None) -> Iterator[bytes]:
        for self.made in count(1) if number is None else range(1, number + 1):
            yield part
        if error is not None:
            raise error

    def _note_close(self) -> None:
        self.is_closed = True


@pytest.fixture
def long() -> Long:
    return Long()


@pytest.fixture
def port(long: Long) -> Iterator[int]:
    """A server with one thread, which has room for two parts or three."""
    limits = Limits(answer=NEVER, memory=3 * len(PART))
    with web_server(long.app, limits, threads=1) as port:
        yield port


def test_all_of_it_arrives_and_the_connection_goes_on(port: int) -> None:
    with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=NEVER)) as client:
        for _ in range(2):
            client.request("GET", "/?parts=20")
            answer = client.getresponse()
            assert answer.headers["Transfer-Encoding"] == "chunked"
            assert "Content-Length" not in answer.headers
            assert answer.read() == PART * 20
        client.request("GET", "/short")
        assert client.getresponse().read() == b"short"
        client.request("HEAD", "/?parts=20")
        assert client.getresponse().read() == b""


def test_an_old_client_sees_the_end_by_the_closing(port: int) -> None:
    wire = exchange(port, b"GET /?parts=9 HTTP/1.0\r\n\r\n")

    head, _, body = wire.partition(b"\r\n\r\n")
    assert b"chunked" not in head
    assert b"Connection: close" in head
    assert body == PART * 9


def test_what_was_asked_behind_it_is_answered_behind_it(port: int) -> None:
    last = attackers.request("/short", "Connection: close", method="GET")
    wire = exchange(port, attackers.request("/?parts=9", method="GET") + last)

    assert wire.index(b"0\r\n\r\nHTTP/1.1 200 OK") > 9 * len(PART)
    assert wire.endswith(b"short")


def test_what_was_taken_counts_for_no_memory(long: Long) -> None:
    large = 8 * 1024 * 1024  # more than the system takes at once
    last = attackers.request(f"/?parts=4&size={large}", "Connection: close", method="GET")
    with web_server(long.app, Limits(answer=NEVER, memory=2 * large)) as port:
        assert exchange(port, last).endswith(b"0\r\n\r\n")


def test_who_does_not_read_holds_no_thread_and_has_no_more_made(port: int, long: Long) -> None:
    with socket.create_connection((LOOPBACK, port)) as idle:
        idle.sendall(attackers.request("/", method="GET"))
        eventually(lambda: long.made > 1)
        for _ in range(3):
            assert exchange(
                port, attackers.request("/short", "Connection: close", method="GET")
            ).endswith(b"short")
        assert long.made < FEW
        assert not long.is_closed
    eventually(lambda: long.is_closed)  # once the client has gone


def test_who_does_not_read_is_ended(long: Long) -> None:
    with (
        web_server(long.app, Limits(answer=0.2)) as port,
        socket.create_connection((LOOPBACK, port)) as idle,
    ):
        idle.sendall(attackers.request("/", method="GET"))
        eventually(lambda: long.is_closed)


def test_one_that_fails_halfway_looks_whole_to_nobody(port: int, long: Long) -> None:
    with (
        capture_logs() as lines,
        closing(http.client.HTTPConnection(LOOPBACK, port, timeout=NEVER)) as client,
    ):
        client.request("GET", "/?parts=9&fails")
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            client.getresponse().read()

    assert [line["event"] for line in lines] == ["the application failed"]
    assert long.is_closed


def test_one_that_is_broken_off_looks_whole_to_nobody_and_is_no_failure(port: int) -> None:
    with (
        capture_logs() as lines,
        closing(http.client.HTTPConnection(LOOPBACK, port, timeout=NEVER)) as client,
    ):
        client.request("GET", "/?parts=9&ends")
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            client.getresponse().read()

    (said,) = lines
    assert (said["event"], said["reason"]) == ("answer broken off", "It is over.")
    assert "exc_info" not in said


def test_one_that_fails_at_its_beginning_says_so(port: int) -> None:
    with capture_logs():
        wire = exchange(
            port, attackers.request("/?parts=0&fails", "Connection: close", method="GET")
        )

    assert wire.startswith(b"HTTP/1.1 500")
