"""Sockets that listen, at the addresses that ROLLCALL_ADDRESS may name."""

import os
import socket
from pathlib import Path

import pytest

from rollcall.webserver.sockets import NoSuchAddress, PortForbidden, PortTaken, listening
from tests.support.databases.postgres import free_port

UNPRIVILEGED = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")


def test_at_two_colons_both_kinds_of_addresses_are_heard() -> None:
    if not socket.has_dualstack_ipv6() or not Path("/proc/net/if_inet6").exists():
        pytest.skip("this machine has no IPv6")
    port = free_port()

    with listening("::", port, "PORT"):
        for address in ("127.0.0.1", "::1"):
            socket.create_connection((address, port), timeout=5).close()
        with pytest.raises(PortTaken, match=f"Port {port} is taken"), listening("::", port, "PORT"):
            pass


def test_an_address_that_the_machine_does_not_have_is_named() -> None:
    for address in ("192.0.2.1", "2001:db8::1"):
        with (
            pytest.raises(
                NoSuchAddress, match=f"cannot listen at {address}, which ROLLCALL_ADDRESS"
            ),
            listening(address, free_port(), "PORT"),
        ):
            pass


@pytest.mark.skipif(os.geteuid() != 0, reason="root becomes somebody who may not")
def test_a_port_that_only_root_may_have_is_named_with_its_setting() -> None:
    if UNPRIVILEGED.exists() and int(UNPRIVILEGED.read_text()) < 1024:
        pytest.skip("anybody may listen there on this machine")
    child = os.fork()
    if child == 0:
        said = ""
        try:
            os.setresuid(1000, 1000, 1000)
            with listening("127.0.0.1", 1023, "PORT"):
                pass
        except PortForbidden as error:
            said = str(error)
        os._exit(0 if "port 1023: set PORT to one of 1024 or more" in said else 1)
    assert os.waitpid(child, 0)[1] == 0
