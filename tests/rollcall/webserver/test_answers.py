"""Answers of a WSGI application as bytes."""

from collections.abc import Iterator
from typing import Any

from structlog.testing import capture_logs
from werkzeug.test import create_environ

from rollcall.webserver.answers import ask
from tests.support.tables import for_each


class Parts:
    """An answer in parts, which may fail behind the first; it knows if it was closed."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.is_closed = error, False

    def __iter__(self) -> Iterator[bytes]:
        yield b"one, "
        if self.error:
            raise self.error
        yield b"two"

    def close(self) -> None:
        self.is_closed = True

    def __call__(self, _: dict[str, Any], start_response: Any) -> "Parts":
        start_response("200 OK", [("Content-Length", "99"), ("X", "y")])
        return self


@for_each(
    ("error", "status", "body"),
    [
        (None, b"HTTP/1.1 200 OK", b"one, two"),
        (
            ValueError(),
            b"HTTP/1.1 500 Internal Server Error",
            b"Rollcall failed; its log says why.\n",
        ),
    ],
)
def test_an_answer_in_parts_is_joined_and_closed_also_where_it_fails(
    error: Exception | None, status: bytes, body: bytes
) -> None:
    parts = Parts(error)

    with capture_logs() as lines:
        answer = ask(parts, create_environ())

    assert parts.is_closed
    assert answer.body == body
    assert answer.head.encode().startswith(status + b"\r\nDate: ")
    assert f"\r\nContent-Length: {len(body)}\r\n" in answer.head
    assert [line["event"] for line in lines] == (["the application failed"] if error else [])


@for_each(("method", "length"), [("GET", 8), ("HEAD", 99)])
def test_the_length_is_that_of_the_body_or_what_the_application_says_of_none(
    method: str, length: int
) -> None:
    answer = ask(Parts(), create_environ(method=method))

    assert answer.head.count("Content-Length") == 1
    assert f"Content-Length: {length}\r\n" in answer.head
    assert bool(answer.body) is (method == "GET")
