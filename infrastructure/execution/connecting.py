"""Connections to hosts with several addresses, within one time for all of them, and their TLS."""

import socket
import ssl
from collections.abc import Sequence
from functools import cache
from time import monotonic

SHORTEST = 0.001  # seconds; with none at all a socket does not wait


def connected(addresses: Sequence[str], port: int, seconds: float) -> socket.socket:
    """Return a connection to the first address that accepts one. Raises OSError.

    The standard library waits `seconds` for each address. Here an address that does not answer
    leaves a share of them to the next ones, and the connection's timeout is what is left.
    """
    end = monotonic() + seconds
    for number, address in enumerate(addresses, 1):
        share = (end - monotonic()) / (len(addresses) - number + 1)
        try:
            line = socket.create_connection((address, port), max(share, SHORTEST))
        except OSError:
            if number == len(addresses):
                raise
        else:
            line.settimeout(max(end - monotonic(), SHORTEST))
            return line
    raise OSError("it has no address")


def addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses of a host, in the system's order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@cache
def verifying() -> ssl.SSLContext:
    """Return a context that verifies certificates; made once: it reads the system's authorities."""
    return ssl.create_default_context()
