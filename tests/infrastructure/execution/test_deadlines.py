"""Servers that send a byte now and then, and what ends their answers."""

import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

from infrastructure.execution.deadlines import deadline, watch
from infrastructure.execution.pools import limited
from tests.support.running.certificates import certify
from tests.support.running.dripping import LONG, dripping

SHORT = 0.2  # seconds
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
OF_TLS = b"\x16\x03\x03\x40\x00\x02"  # the beginning of a record of 16 KiB


def seconds_of(act: Callable[[], object]) -> float:
    """The time that an act takes which a deadline ends: by an error, or by what came until then."""
    begun = time.monotonic()
    with suppress(HTTPError), deadline(SHORT):
        act()
    return time.monotonic() - begun


def test_an_answer_that_drips_is_ended_wherever_it_is() -> None:
    for scheme, *answers in (
        ("http", b""),
        ("http", b"HTTP/1.1 200 OK\r\nX: "),
        ("http", b"HTTP/1.1 100 Continue\r\n\r\n" * 3),
        ("http", HEAD),
        ("http", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0"),
        ("https", OF_TLS),
    ):
        with dripping(*answers) as there, limited(PoolManager(timeout=LONG, retries=False)) as http:
            took = seconds_of(lambda: http.request("GET", f"{scheme}://{there}/"))  # noqa: B023
        assert SHORT <= took < LONG, answers


def test_a_connection_that_is_used_again_ends_in_time_too() -> None:
    with dripping(WHOLE, HEAD) as there, limited(PoolManager(timeout=LONG, retries=False)) as http:
        with deadline(SHORT):
            assert http.request("GET", f"http://{there}/").data == b"ok"
        assert SHORT <= seconds_of(lambda: http.request("GET", f"http://{there}/")) < LONG


def test_of_two_deadlines_the_first_one_ends_it() -> None:
    with dripping(HEAD) as there, limited(PoolManager(timeout=LONG, retries=False)) as http:

        def ask() -> object:
            with deadline(LONG):
                return http.request("GET", f"http://{there}/")

        assert seconds_of(ask) < LONG


def test_after_its_end_a_deadline_ends_nothing() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with deadline(SHORT):
            watch(ours)
        time.sleep(SHORT * 1.5)
        theirs.sendall(b"x")
        assert ours.recv(1) == b"x"


def test_what_is_opened_after_the_deadline_is_ended_at_once() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, deadline(0.01):
        time.sleep(0.1)
        watch(ours)
        assert ours.recv(1) == b""


def test_tls_is_ended_as_well(tmp_path: Path) -> None:
    certify(tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    asking = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    ours, theirs = socket.socketpair()

    def serve() -> None:
        with suppress(OSError), serving.wrap_socket(theirs, server_side=True) as line:
            line.recv(1)

    thread = Thread(target=serve)
    thread.start()
    with asking.wrap_socket(ours, server_hostname="127.0.0.1") as line, deadline(SHORT):
        watch(line)
        with suppress(OSError):  # how a system says it
            assert line.recv(1) == b""
    thread.join()
