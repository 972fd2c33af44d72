"""Clients that hold the server up: others are answered meanwhile, and each attacker is ended.

With the limits of production and with thousands of attackers: tests/journeys/operations.
"""

import http.client
import socket
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace

import pytest

from rollcall.webserver.limits import Limits
from tests.rollcall.webserver.conftest import LARGE, Echo
from tests.support.running import attackers
from tests.support.running.attackers import Attack, Siege, half_a_body, request
from tests.support.running.webserving import LOOPBACK, exchange, web_server
from tests.support.waiting import eventually

MANY = 10  # connections of each
NEVER = 600  # seconds: for limits that a test is not about
LATE = {
    "408 Request Timeout": request("/x", "Content-Length: 2", body=b"x"),
    "body did not come within 0.6 s": request("/x", "Content-Length: 2"),
    "headers did not come within 1.2 s": b"GET / HTTP/1.1\r\n",
    "": b"",  # who said nothing is told nothing
}

ATTACKS = {
    "a body that does not come": half_a_body("/"),
    "a body that comes slowly": replace(attackers.SLOW_BODY, pause=0.05),
    "chunks without end": replace(attackers.ENDLESS_CHUNKS, pause=0.05),
    "silence": attackers.SILENT,
    "headers that come slowly": replace(attackers.SLOW_HEADERS, pause=0.05),
    "empty lines": Attack(b"\r\n", b"\r\n", pause=0.05),
    "the preface of HTTP/2": attackers.HTTP2_PREFACE,
    "a connection that is kept": attackers.KEPT_ALIVE,
    "a second request that does not come": Attack(request("/healthz", method="GET") + b"GET"),
    "a refused client that stays": Attack(b"\x00", b"x", pause=0.05),
}
UNREAD = {
    "an answer that nobody reads": Attack(request("/large", method="GET"), reads=False),
    "answers that nobody reads": Attack(request("/large", method="GET") * 8, reads=False),
}


def serve_a_crowd(echo: Echo, limits: Limits) -> None:
    """End a server while silent clients are coming in."""
    connections: list[socket.socket] = []
    with ExitStack() as stack, ThreadPoolExecutor(1) as pool, web_server(echo.app, limits) as port:
        pool.submit(come_in, port, connections, stack)
        eventually(lambda: connections)


def come_in(port: int, connections: list[socket.socket], stack: ExitStack) -> None:
    """Connect and say nothing, until the server does not listen any more."""
    with suppress(OSError):
        while len(connections) < 500:
            connection = socket.create_connection((LOOPBACK, port), timeout=10)
            connections.append(stack.enter_context(connection))


def test_attackers_of_all_kinds_are_ended_and_others_answered_beside_them(port: int) -> None:
    with ExitStack() as stack:
        sieges = {
            name: stack.enter_context(Siege(port, attack, MANY)) for name, attack in ATTACKS.items()
        }
        assert answered(port) == b"ok\n"
        with suppress(AssertionError):
            eventually(lambda: answered(port) and not left(sieges), timeout=20)

        assert left(sieges) == {}


@pytest.mark.parametrize("attack", UNREAD.values(), ids=UNREAD.keys())
def test_who_does_not_read_is_ended_and_others_answered_beside_him(
    port: int, attack: Attack
) -> None:
    with Siege(port, attack, 4) as siege:  # each answer has 16 MB
        assert answered(port) == b"ok\n"
        eventually(lambda: answered(port) == b"ok\n" and not siege.alive, timeout=20)


def left(sieges: Mapping[str, Siege]) -> dict[str, int]:
    """The number of live connections of each attack that has any."""
    return {name: siege.alive for name, siege in sieges.items() if siege.alive}


def answered(port: int) -> bytes:
    """The answer to a client that does nothing wrong."""
    with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=20)) as connection:
        connection.request("GET", "/healthz")
        return connection.getresponse().read()


@contextmanager
def under_way(port: int, echo: Echo) -> Iterator[http.client.HTTPConnection]:
    """A connection whose request is being answered, until the gate is opened or the block ends."""
    with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=20)) as connection:
        try:
            connection.request("GET", "/wait")
            eventually(lambda: echo.asked)
            yield connection
        finally:
            echo.gate.set()


def test_a_client_that_is_late_is_told_what_did_not_come(port: int) -> None:
    with ThreadPoolExecutor(len(LATE)) as pool:
        answers = list(pool.map(lambda sent: exchange(port, sent).decode(), LATE.values()))

    assert [said in answer for said, answer in zip(LATE, answers, strict=True)] == [True] * 4
    assert answers[-1] == ""


def test_a_request_under_way_has_all_the_time_it_needs(port: int, echo: Echo) -> None:
    with under_way(port, echo) as connection:
        time.sleep(1.5)  # longer than any limit
        echo.gate.set()

        assert connection.getresponse().read() == b"waited\n"


def test_the_oldest_idle_connection_goes_where_there_are_too_many(echo: Echo) -> None:
    limits = Limits(idle=NEVER, body=NEVER, connections=10)
    with (
        web_server(echo.app, limits) as port,
        under_way(port, echo) as busy,
        Siege(port, half_a_body("/"), 2) as bodies,
    ):
        assert answered(port) == b"ok\n"  # the bodies have begun by then
        with Siege(port, attackers.SILENT, 7) as first, Siege(port, attackers.SILENT, 5) as second:
            eventually(lambda: first.alive == 2)
            assert answered(port) == b"ok\n"
            eventually(lambda: first.alive == 1)
            assert (bodies.alive, second.alive) == (2, 5)
        echo.gate.set()
        assert busy.getresponse().read() == b"waited\n"


def test_bodies_that_do_not_come_go_where_nothing_else_is_idle(echo: Echo) -> None:
    with (
        web_server(echo.app, Limits(body=NEVER, connections=10)) as port,
        Siege(port, half_a_body("/"), 30) as siege,
    ):
        assert answered(port) == b"ok\n"
        eventually(lambda: siege.alive <= 10)


def test_a_server_that_ends_while_silent_clients_come_in_waits_for_none_of_them(echo: Echo) -> None:
    idle = 60
    began = time.monotonic()

    for _ in range(5):
        serve_a_crowd(echo, Limits(idle=idle))

    assert time.monotonic() - began < idle


def test_clients_that_do_not_read_go_where_they_take_too_much_memory(echo: Echo) -> None:
    unread = Attack(request("/large", method="GET"), reads=False)
    with (
        # The system takes about 4 MiB of each answer: where three whole ones fit, four may do.
        web_server(echo.app, Limits(memory=LARGE * 5 // 2, answer=NEVER)) as port,
        Siege(port, unread, 6) as siege,
    ):
        eventually(lambda: siege.alive <= 3)
        assert exchange(port, request("/large", "Connection: close", method="GET")).endswith(b"x")
        assert siege.alive


def test_clients_that_hold_no_memory_stay_where_it_is_full(echo: Echo) -> None:
    sent = request("/", "Content-Length: 2000", body=b"x" * 2000)
    with (
        web_server(echo.app, Limits(memory=1000)) as port,
        Siege(port, attackers.SILENT, 2) as idle,
    ):
        assert exchange(port, sent).startswith(b"HTTP/1.1 503")
        assert exchange(port, request("/", "Connection: close", method="GET"))
        assert idle.alive == 2


def test_clients_that_went_in_the_middle_of_a_body_leave_their_memory_to_others(echo: Echo) -> None:
    half = Attack(request("/", "Content-Length: 60000", body=b"x" * 50_000))
    sent = request("/", "Connection: close", "Content-Length: 20000", body=b"x" * 20_000)
    with web_server(echo.app, Limits(memory=60_000, body=NEVER)) as port:
        with Siege(port, half, 1):
            assert exchange(port, request("/", "Connection: close", method="GET"))
        assert exchange(port, sent).startswith(b"HTTP/1.1 200")


def test_a_large_body_has_more_time_and_goes_first_where_memory_is_full(echo: Echo) -> None:
    limits = Limits(body=0.2, farewell=0.1, upload=NEVER, large=10_000, memory=60_000)
    upload = Attack(request("/", "Content-Length: 50000", body=b"x" * 40_000))
    with web_server(echo.app, limits) as port, Siege(port, upload, 1) as siege:
        late = request("/", "Content-Length: 9000", "Connection: close", body=b"x")
        for _ in range(3):
            assert b"body did not come within 0.2 s" in exchange(port, late)
        assert siege.alive == 1
        sent = request("/", "Connection: close", "Content-Length: 30000", body=b"x" * 30_000)
        assert exchange(port, sent).startswith(b"HTTP/1.1 200")
        eventually(lambda: siege.alive == 0)


def test_the_slowest_body_goes_where_they_take_too_much_memory(echo: Echo) -> None:
    most = Limits(memory=220_000, body=NEVER)
    slow = Attack(request("/", "Content-Length: 60000", body=b"x" * 50_000))
    with web_server(echo.app, most) as port, Siege(port, slow, 4) as siege:
        assert answered(port) == b"ok\n"  # the slow ones have begun by then
        assert siege.alive == 4
        sent = request("/", "Connection: close", "Content-Length: 20000", body=b"x" * 20_000)
        for _ in range(3):
            assert exchange(port, sent).startswith(b"HTTP/1.1 200")
            eventually(lambda: siege.alive == 3)
