"""Requests that are none, or too large: refused before the application hears of them."""

from tests.rollcall.webserver.conftest import Echo
from tests.rollcall.webserver.test_requests import CLOSE, answers
from tests.support.running.attackers import request
from tests.support.running.webserving import exchange
from tests.support.tables import for_each

CHUNKED = "Transfer-Encoding: chunked"
SMUGGLED = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


@for_each(
    "sent",
    [
        request("/x", "Content-Length: 3", CHUNKED, body=SMUGGLED),
        request("/x", CHUNKED, "Content-Length: 3", body=SMUGGLED),
        request("/x", "Content-Length: 0", "Content-Length: 40", body=SMUGGLED),
        request("/x", "Content-Length: 3, 40", body=SMUGGLED),
        request("/x", "Content-Length: +3", body=SMUGGLED),
        request("/x", "Content-Length: 0x3", body=SMUGGLED),
        request("/x", "Content-Length: -1", body=SMUGGLED),
        request("/x", "Content-Length: " + "9" * 30, body=SMUGGLED),
        request("/x", "Transfer-Encoding: xchunked", body=SMUGGLED),
        request("/x", "Transfer-Encoding: chunked, identity", body=SMUGGLED),
        request("/x", CHUNKED, CHUNKED, body=SMUGGLED),
        request("/x", "Transfer-Encoding : chunked", body=SMUGGLED),
        request("/x", "X: a\r\n folded", body=SMUGGLED),
        request("/x", CHUNKED, body=b"-1\r\n" + SMUGGLED),
        request("/x", CHUNKED, body=b"3\nabc\n" + SMUGGLED),
        request("/x", "Connection: Upgrade", "Upgrade: h2c", "Content-Length: 2", body=b"ab"),
        b"POST /x HTTP/1.1\nContent-Length: 3\n\n" + SMUGGLED,
        b"GET /x HTTP/1.1\r\nHost: x\r\nA\x00: b\r\n\r\n",
        b"GET /x HTTP/1.1\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET /x HTTP/1.2\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET x HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://[x HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"BREW /x HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_request_is_refused(port: int, echo: Echo, sent: bytes) -> None:
    [(status, body)] = answers(exchange(port, sent))

    assert status == 400
    assert body.endswith(b".\n")
    assert echo.asked == []


def test_a_version_that_is_not_spoken_is_told_so(port: int) -> None:
    for sent in (b"GET / HTTP/2.0\r\n\r\n", b"GET /\r\n\r\n"):
        assert answers(exchange(port, sent))[0][0] == 505


def test_nothing_is_read_behind_a_request_that_closes(port: int, echo: Echo) -> None:
    exchange(port, request("/x", CLOSE, method="GET") + request("/smuggled", method="GET"))

    assert echo.asked == ["/x"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(port: int, echo: Echo) -> None:
    announced = request("/x", "Content-Length: 65537")
    expected = request("/x", "Content-Length: 65537", "Expect: 100-continue")
    chunks = request("/x", CHUNKED, body=b"8000\r\n" + b"x" * 0x8000 + b"\r\n")
    more = b"8000\r\n" + b"x" * 0x8000 + b"\r\n1\r\nx\r\n"
    tiny = b"1;" + b"a" * 1000 + b"\r\nx\r\n"

    for sent in (
        [announced],
        [expected],
        [announced, b"x" * 65537],
        [chunks, more],
        [request("/x", CHUNKED), *[tiny * 100] * 10],
    ):
        [(status, body)] = answers(exchange(port, *sent))
        assert status == 413
        assert b"65,536 bytes" in body
    assert echo.asked == []


def test_headers_without_end_are_refused(port: int, echo: Echo) -> None:
    for sent in (
        [request("/x", *(f"X-{number}: {'a' * 100}" for number in range(400)), method="GET")],
        [request("/x", f"X: {'a' * 40_000}", method="GET")],
        [request("/" + "a" * 40_000, method="GET")],
        [b"GET /x HTTP/1.1\r\n", *[b"a" * 10_000] * 40],
        [b"GET /x HTTP/1.1\r\nA: ", *[b"a" * 10_000] * 40],
    ):
        assert answers(exchange(port, *sent))[0][0] == 431
    assert echo.asked == []


def test_what_was_whole_before_is_answered_before_the_refusal_closes(port: int) -> None:
    told = answers(exchange(port, request("/healthz", method="GET") * 2 + b"\x00\r\n\r\n"))

    assert told == [(200, b"ok\n")] * 2
