"""Hosts with several addresses, some of which answer nothing: all have one time together."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from urllib3 import HTTPConnectionPool, PoolManager
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError

from infrastructure.execution.connecting import addresses_of, connected
from infrastructure.execution.pools import limited

MUTE = ("127.0.0.2", "127.0.0.3", "127.0.0.4")


@contextmanager
def mute(*addresses: str, port: int = 0) -> Iterator[int]:
    """Addresses with a port that takes no connection and refuses none, as a firewall has it."""
    with ExitStack() as stack:
        for address in addresses:
            listener = stack.enter_context(socket.create_server((address, port), backlog=0))
            port = listener.getsockname()[1]
            for _ in range(8):  # more than wait there for a server to take them
                other = stack.enter_context(socket.socket())
                other.setblocking(False)
                other.connect_ex((address, port))
        yield port


def test_addresses_without_an_answer_leave_time_for_the_next_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as living:
        port = living.getsockname()[1]
        with mute(*MUTE, port=port), connected([*MUTE, "127.0.0.1"], port, 1.0) as line:
            assert line.getpeername() == ("127.0.0.1", port)


def test_an_answer_is_waited_for_as_if_there_were_no_other_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as living:
        port = living.getsockname()[1]
        with connected(["127.0.0.1", "127.0.0.2"], port, 10.0) as line:
            assert line.gettimeout() == pytest.approx(10.0, abs=1.0)


def test_all_of_them_together_are_waited_for_no_longer_than_one() -> None:
    with mute(*MUTE) as port:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            connected(MUTE, port, 0.3)
    assert 0.2 < time.monotonic() - began < 0.6


def test_a_pool_says_what_a_connection_lacked() -> None:
    with mute("127.0.0.2") as port, limited(PoolManager(retries=False, timeout=0.1)) as http:
        pool = http.connection_from_host("127.0.0.2", port)
        assert isinstance(pool, HTTPConnectionPool)
        with pytest.raises(ConnectTimeoutError, match=r"within 0\.1 seconds"):
            pool.request("GET", "/")
        with pytest.raises(NameResolutionError):
            http.request("GET", "http://nowhere.invalid/")


def test_a_name_has_each_address_once() -> None:
    assert addresses_of("127.0.0.1", 80) == ["127.0.0.1"]
    with pytest.raises(OSError, match="no address"):
        connected([], 80, 1.0)
