"""The line that each request leaves in the log."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from structlog.contextvars import bind_contextvars, get_contextvars, merge_contextvars
from structlog.testing import capture_logs
from werkzeug.test import Client, create_environ

from server.repeats import Repeats
from server.request_log import LONG, RequestLog

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def mac(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
    """An application that binds the serial it was sent, where it was sent one."""
    if environ["QUERY_STRING"]:
        bind_contextvars(serial=environ["QUERY_STRING"])
    start("200 OK", [])
    return [b"done"]


def test_what_a_request_binds_is_on_its_line_and_on_no_others() -> None:
    client = Client(RequestLog(mac))

    with capture_logs(processors=[merge_contextvars]) as lines:
        client.get("/?C02AAA")
        client.get("/")

    assert [line.get("serial") for line in lines] == ["C02AAA", None]


def test_a_line_that_is_made_later_says_the_serial_and_when_it_was() -> None:
    calls: list[Callable[[], object]] = []
    client = Client(RequestLog(mac, calls.append))

    with capture_logs(processors=[merge_contextvars]) as lines:
        client.get("/?C02AAA")
        answered = datetime.now(UTC)
        time.sleep(0.01)
        assert not lines
        for call in calls:
            call()

    assert lines[0]["serial"] == "C02AAA"
    assert datetime.fromisoformat(lines[0]["timestamp"]) <= answered


def test_an_application_that_fails_leaves_a_line_too() -> None:
    def failing(_: object, __: object) -> list[bytes]:
        raise OSError("gone")

    with capture_logs() as lines, pytest.raises(OSError, match="gone"):
        Client(RequestLog(failing)).get("/path")

    assert (lines[0]["path"], lines[0]["status"]) == ("/path", 500)


class Pieces:
    """A body that comes in so many pieces and is closed; it knows how many were asked for."""

    def __init__(self, number: int, size: int = 0) -> None:
        self.number, self.made, self.is_closed = number, 0, False
        self.rest = b"x" * size

    def __call__(self, _: object, start: "StartResponse") -> "Pieces":
        start("200 OK", [])
        bind_contextvars(serial="C02AAA")
        return self

    def __iter__(self) -> Iterator[bytes]:
        while self.made < self.number:
            self.made += 1
            yield f"{get_contextvars()['serial']} {self.made} ".encode() + self.rest

    def close(self) -> None:
        """Take note of it."""
        self.is_closed = True


def test_an_answer_is_made_and_closed_before_its_line_is_logged() -> None:
    pieces, told = Pieces(2), []

    log = RequestLog(pieces, lambda _: told.append(pieces.is_closed))

    assert Client(log).get("/").text == "C02AAA 1 C02AAA 2 "
    assert told == [True]


def test_a_long_answer_is_made_as_it_is_asked_for_and_then_closed() -> None:
    pieces = Pieces(9, LONG // 2)

    with capture_logs(processors=[merge_contextvars]) as lines:
        answer = RequestLog(pieces)(create_environ("/path"), lambda *_: lambda _: None)
        assert pieces.made == 2
        assert [(line["path"], line["serial"]) for line in lines] == [("/path", "C02AAA")]

        with ThreadPoolExecutor(1) as another:
            whole = another.submit(b"".join, answer).result()

    assert whole.replace(b"x", b"") == b"".join(b"C02AAA %d " % each for each in range(1, 10))
    assert not pieces.is_closed
    answer.close()  # type: ignore[attr-defined]
    assert pieces.is_closed


def test_what_is_said_again_within_a_minute_is_counted_and_said_after_it() -> None:
    said, seconds = list[tuple[str, dict[str, object]]](), 0.0
    repeats = Repeats(lambda event, **values: said.append((event, values)), lambda: seconds)

    for seconds in (0.0, 1.0, 59.0, 60.0):  # noqa: B007 - the clock reads it
        repeats.say("lab", "full")

    assert said == [("full", {}), ("full", {"repeated": 2})]
