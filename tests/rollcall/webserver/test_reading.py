"""Reading of requests from a connection, in whatever pieces they come."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.webserver.limits import Limits, most_connections
from rollcall.webserver.reading import RequestReader
from rollcall.webserver.requests import Request, RequestRefused
from tests.support.running.attackers import request
from tests.support.tables import for_each

STREAM = (
    request("/a", "Content-Length: 5", body=b"hello")
    + request("/b?c", method="GET")
    + request("/d", "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n")
)
pieces_of_hostile = st.lists(
    st.binary(max_size=30)
    | st.sampled_from(
        [
            *(b"GET / HTTP/1.1\r\n", b"POST /x HTTP/1.1\r\n", b"\r\n", b"\r\n\r\n", b"Host: x\r\n"),
            *(b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n", b"abc"),
            *(
                b"Connection: close\r\n",
                b"Upgrade: h2c\r\n",
                b"Connection: upgrade\r\n",
                b"ffff\r\n",
            ),
            *(b"Expect: 100-continue\r\n", b"CONNECT x:1 HTTP/1.1\r\n", b"OPTIONS * HTTP/1.0\r\n"),
        ]
    ),
    max_size=20,
)


def content_of(request: Request) -> bytes:
    """The body of a request."""
    request.body.seek(0)
    return request.body.read()


def reader() -> RequestReader:
    """A reader of small requests."""
    return RequestReader(Limits(head=2000), lambda _: 1000)


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=12).map(sorted))
def test_requests_are_the_same_however_they_are_cut(cuts: list[int]) -> None:
    read = reader()
    for begin, end in zip([0, *cuts], [*cuts, len(STREAM)], strict=True):
        read.feed(STREAM[begin:end])

    told = [(each.path, each.query, content_of(each)) for each in read.complete]
    assert told == [("/a", "", b"hello"), ("/b", "c", b""), ("/d", "", b"abcde")]
    assert not read.has_begun
    assert [each for each in read.complete if "HTTP_X" in each.headers] == []


def test_an_address_that_is_not_encoded_is_refused_and_told_how_to_be() -> None:
    with pytest.raises(RequestRefused, match="Encode the address") as raised:
        reader().feed("GET /é HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    assert raised.value.status == 400


@given(pieces=pieces_of_hostile)
def test_whatever_comes_is_read_or_refused(pieces: list[bytes]) -> None:
    read = reader()
    for piece in pieces:
        try:
            read.feed(piece)
        except RequestRefused:
            assert read.is_last
    for each in read.complete:
        environ = each.environ({}, "127.0.0.1")
        assert environ["PATH_INFO"].startswith("/")
        assert len(content_of(each)) <= 1000


@for_each("head", ["Content-Length: 3000", "Transfer-Encoding: chunked"])
def test_a_large_body_waits_in_a_file_until_the_connection_lets_go_of_it(head: str) -> None:
    read = RequestReader(Limits(large=2000), lambda _: 3000)
    body = b"x" * 3000 if "Length" in head else b"bb8\r\n" + b"x" * 3000 + b"\r\n0\r\n\r\n"
    read.feed(request("/", head, body=body) + request("/", "Content-Length: 9", body=b"y"))

    (large,) = read.complete
    assert content_of(large) == b"x" * 3000
    assert large.body.fileno() > 0
    read.close()

    assert large.body.closed
    assert not read.complete
    assert not read.has_begun


def test_a_body_for_which_there_is_no_room_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", f"{tmp_path}/gone")
    read = RequestReader(Limits(large=4), lambda _: 1000)
    with pytest.raises(RequestRefused, match="There is no room for the body") as raised:
        read.feed(request("/", "Content-Length: 5", body=b"hello"))

    assert raised.value.status == 507


def test_nothing_is_read_behind_the_last_request() -> None:
    read = reader()
    read.feed(request("/", "Connection: close", method="GET"))
    read.feed(request("/more", method="GET"))

    assert [each.path for each in read.complete] == ["/"]


CHUNKED = request("/", "Transfer-Encoding: chunked")


@for_each(
    ("begun", "largest", "one_more", "status"),
    [
        (b"", request("/", "Content-Length: 1000"), request("/", "Content-Length: 1001"), 413),
        (CHUNKED, b"3e8\r\n" + b"x" * 1000, b"3e9\r\n" + b"x" * 1001, 413),
        (b"GET / HTTP/1.1\r\n", b"Host: " + b"a" * 1994, b"Host: " + b"a" * 1995, 431),
        (b"GET /", b"a" * 1999, b"a" * 2000, 431),
    ],
    ids=["a body", "chunks", "a header", "an address"],
)
def test_a_request_may_be_as_large_as_is_said_and_no_byte_larger(
    begun: bytes, largest: bytes, one_more: bytes, status: int
) -> None:
    read, larger = reader(), reader()
    for each in (read, larger):
        each.feed(begun)
    read.feed(largest)
    with pytest.raises(RequestRefused) as raised:
        larger.feed(one_more)

    assert raised.value.status == status


def test_so_many_requests_of_one_connection_are_read_at_once_and_no_more() -> None:
    read = RequestReader(Limits(pipelined=3), lambda _: 1000)
    read.feed(request("/", method="GET") * 2)
    assert not read.is_last

    read.feed(request("/", method="GET") * 5)

    assert (len(read.complete), read.is_last) == (3, True)


@for_each(("files", "connections"), [(1024, 896), (4224, 4096), (100, 50)])
def test_some_files_are_kept_for_other_things(files: int, connections: int) -> None:
    assert most_connections(files) == connections
