"""Requests of all the kinds that clients send, and what the application sees of them."""

import http.client
import json
import socket
import struct
from contextlib import ExitStack, closing
from typing import Any

import pytest

from rollcall.webserver.limits import Limits
from tests.rollcall.webserver.conftest import LARGE, Echo
from tests.support.running.attackers import request
from tests.support.running.webserving import LOOPBACK, exchange, web_server
from tests.support.tables import for_each
from tests.support.waiting import eventually

CLOSE = "Connection: close"


@pytest.fixture
def limits() -> Limits:
    """Limits that no client of these tests meets, however slow the machine is."""
    return Limits(idle=60, body=60, answer=60, farewell=60)


def answers(wire: bytes) -> list[tuple[int, bytes]]:
    """The status and the body of each answer in a row of them."""
    found = []
    while wire:
        head, _, rest = wire.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        length = next(
            (int(line[15:]) for line in lines if line.lower().startswith(b"content-length:")), 0
        )
        found.append((int(lines[0].split()[1]), rest[:length]))
        wire = rest[length:]
    return found


def seen(port: int, *pieces: bytes) -> Any:
    """The request as the application saw it; the request has to close the connection."""
    [(status, body)] = answers(exchange(port, *pieces))
    assert status == 200, body
    return json.loads(body)


def test_a_body_arrives_whole_however_it_is_sent(port: int) -> None:
    plain = request("/x", CLOSE, "Content-Length: 5", body=b"hello")
    chunks = request(
        "/x", CLOSE, "Transfer-Encoding: chunked", body=b"2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\n\r\n"
    )
    for sent in (plain, chunks):
        assert seen(port, sent)["body"] == "hello"
        assert seen(port, *(sent[at : at + 1] for at in range(len(sent))))["body"] == "hello"


def test_a_length_may_begin_with_any_number_of_zeros(port: int) -> None:
    sent = request("/x", CLOSE, f"Content-Length: {'0' * 5000}5", body=b"hello")
    assert seen(port, sent)["body"] == "hello"


def test_headers_behind_a_body_are_none(port: int) -> None:
    trailers = b"0\r\nAuthorization: forged\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"
    sent = request("/x", CLOSE, "Transfer-Encoding: chunked", body=b"2\r\nhe\r\n" + trailers)

    assert not {"Authorization", "X-Forwarded-For"} & set(seen(port, sent)["headers"])


def test_a_client_that_asks_before_it_sends_is_told_to_go_on(port: int) -> None:
    head = request("/x", CLOSE, "Content-Length: 5", "Expect: 100-continue")
    with socket.create_connection((LOOPBACK, port), timeout=10) as connection:
        connection.sendall(head)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello")
        wire = b"".join(iter(lambda: connection.recv(65536), b""))

    [(status, body)] = answers(wire)
    assert (status, json.loads(body)["body"]) == (200, "hello")


def test_a_connection_is_kept_for_the_next_request(port: int) -> None:
    with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=20)) as connection:
        for number in range(3):
            connection.request("POST", f"/{number}", body=b"x" * number)
            assert json.loads(connection.getresponse().read())["path"] == f"/{number}"
        connection.request("HEAD", "/healthz")
        head = connection.getresponse()
        assert (head.status, head.headers["Content-Length"], head.read()) == (200, "3", b"")
        connection.request("GET", "/nothing")
        nothing = connection.getresponse()
        assert (nothing.status, nothing.headers["Content-Length"], nothing.read()) == (
            204,
            None,
            b"",
        )
        connection.request("GET", "/fail")
        assert connection.getresponse().read()
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok\n"


def test_an_old_client_has_its_answer_and_the_end(port: int) -> None:
    sent = request("/healthz", "Connection: keep-alive", method="GET", version="1.0")

    assert answers(exchange(port, sent)) == [(200, b"ok\n")]


def test_a_client_that_sends_nothing_more_still_hears(port: int) -> None:
    sent = request("/healthz", method="GET")

    assert answers(exchange(port, sent * 3, half_closed=True)) == [(200, b"ok\n")] * 3
    assert answers(exchange(port, sent, sent, sent, half_closed=True)) == [(200, b"ok\n")] * 3


def test_a_request_whose_client_hung_up_is_passed_over_where_others_wait(echo: Echo) -> None:
    with web_server(echo.app, Limits(gone=0), threads=1) as port:
        busy = socket.create_connection((LOOPBACK, port))
        busy.sendall(request("/wait", CLOSE, method="GET"))
        eventually(lambda: echo.asked)
        for resets in (False, True):
            with socket.create_connection((LOOPBACK, port)) as gone:
                gone.sendall(request("/gone", CLOSE, method="GET"))
                if resets:
                    gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        patient = socket.create_connection((LOOPBACK, port), timeout=20)
        patient.sendall(request("/patient", CLOSE, method="GET"))
        exchange(port, request("/healthz", CLOSE, method="GET"))  # by now it knows who is gone
        echo.gate.set()
        assert b"/patient" in patient.recv(65536)
        busy.close()
        patient.close()

    assert echo.asked == ["/wait", "/patient"]


def test_requests_in_a_row_are_answered_in_theirs(port: int) -> None:
    sent = [request(f"/{number}", "Content-Length: 1", body=b"x") for number in range(5)]
    last = request("/5", CLOSE, method="GET")

    told = answers(exchange(port, b"".join(sent) + last))

    assert [json.loads(body)["path"] for _, body in told] == [f"/{number}" for number in range(6)]


def test_too_many_in_a_row_are_not_read(port: int, echo: Echo) -> None:
    told = exchange(port, request("/x", method="GET") * 5000)

    assert len(answers(told)) == len(echo.asked) == 16
    assert told.count(b"Connection: close") == 1


def test_a_long_answer_arrives_whole(port: int) -> None:
    [(status, body)] = answers(exchange(port, request("/large", CLOSE, method="GET")))

    assert (status, len(body)) == (200, LARGE)


@for_each(
    ("target", "path", "query"),
    [
        ("//x", "//x", ""),
        ("/a%2Fb%20c", "/a/b c", ""),
        ("/%C3%A9", "/Ã©", ""),
        ("/a?b?c#d", "/a", "b?c"),
        ("http://elsewhere/a?b", "/a", "b"),
        ("http://elsewhere", "/", ""),
        ("/%", "/%", ""),
    ],
)
def test_a_path_is_taken_as_it_is(port: int, target: str, path: str, query: str) -> None:
    told = seen(port, request(target, CLOSE, method="GET"))

    assert (told["path"], told["query"]) == (path, query)


def test_headers_are_joined_and_none_passes_for_another(port: int) -> None:
    told = seen(
        port,
        request(
            "/",
            CLOSE,
            *("X-Forwarded-For: 1.1.1.1", "x-forwarded-for: 2.2.2.2", "X_Forwarded_For: 3.3.3.3"),
            *("Cookie: a=b", "Cookie: c=d", "Content-Type: text/plain"),
            method="GET",
        ),
    )

    assert told["headers"]["X-Forwarded-For"] == "1.1.1.1,2.2.2.2"
    assert told["headers"]["Cookie"] == "a=b; c=d"
    assert told["headers"]["Content-Type"] == "text/plain"
    assert told["address"] == LOOPBACK


def test_who_wants_another_protocol_is_answered_in_this_one(port: int) -> None:
    sent = request("/healthz", "Connection: Upgrade", "Upgrade: h2c", method="GET")

    assert answers(exchange(port, sent)) == [(200, b"ok\n")]


def test_a_probe_is_answered_while_all_threads_are_busy(port: int, echo: Echo) -> None:
    with ExitStack() as stack:
        stack.callback(echo.gate.set)
        waiting = [
            stack.enter_context(socket.create_connection((LOOPBACK, port), timeout=20))
            for _ in range(12)
        ]
        for connection in waiting:
            connection.sendall(request("/wait", method="GET"))

        assert answers(exchange(port, request("/healthz", CLOSE, method="GET"))) == [(200, b"ok\n")]
        echo.gate.set()
        for connection in waiting:
            assert b"waited" in connection.recv(1000)
