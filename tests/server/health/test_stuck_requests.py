"""Stuck requests of a worker: where all of them are stuck, its heartbeat stops."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any

from werkzeug.test import create_environ

from server.health.heartbeat import Underway
from tests.support.waiting import eventually


def started(*_: object) -> Callable[[bytes], object]:
    return lambda _: None


@contextmanager
def asked(underway: Underway, number: int, may_end: Event) -> Iterator[None]:
    """Requests that are under way."""
    threads = [Thread(target=underway, args=(create_environ(), started)) for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        may_end.set()
        for thread in threads:
            thread.join()


def test_requests_are_stuck_that_take_too_long_and_until_they_end() -> None:
    may_end = Event()

    def application(*_: Any) -> list[bytes]:
        may_end.wait(60)
        return []

    underway = Underway(application, stuck=0.2)
    assert underway.stuck() == 0
    with asked(underway, 3, may_end):
        eventually(lambda: underway.stuck() == 3)
    assert underway.stuck() == 0


def test_requests_that_just_began_or_failed_are_not() -> None:
    may_end = Event()

    def application(environ: dict[str, Any], _: Any) -> list[bytes]:
        if environ["QUERY_STRING"]:
            raise ValueError
        may_end.wait(60)
        return []

    underway = Underway(application)
    with suppress(ValueError):
        underway(create_environ(query_string="fails"), started)
    with asked(underway, 3, may_end):
        assert underway.stuck() == 0
