"""The line that each request leaves in the log."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from structlog.contextvars import bind_contextvars, merge_contextvars
from structlog.testing import capture_logs
from werkzeug.test import Client

from server.repeats import Repeats
from server.request_log import RequestLog

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
    """A body that comes in pieces and is closed."""

    def __init__(self) -> None:
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield from (b"one ", b"two")

    def close(self) -> None:
        """Take note of it."""
        self.is_closed = True


def test_an_answer_goes_out_whole_and_is_closed() -> None:
    pieces = Pieces()

    def application(_: object, start: "StartResponse") -> Pieces:
        start("200 OK", [])
        return pieces

    assert Client(RequestLog(application)).get("/").text == "one two"
    assert pieces.is_closed


def test_what_is_said_again_within_a_minute_is_counted_and_said_after_it() -> None:
    said, seconds = list[tuple[str, dict[str, object]]](), 0.0
    repeats = Repeats(lambda event, **values: said.append((event, values)), lambda: seconds)

    for seconds in (0.0, 1.0, 59.0, 60.0):  # noqa: B007 - the clock reads it
        repeats.say("lab", "full")

    assert said == [("full", {}), ("full", {"repeated": 2})]
