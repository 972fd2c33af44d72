"""Connections to hosts with several addresses, within one time for all of them, and their TLS."""

import http.client
import socket
import ssl
from collections.abc import Iterator, Sequence
from functools import cache
from time import monotonic

SHORTEST = 0.001  # seconds; with none at all a socket does not wait
_REASONS: dict[type[Exception], str] = {
    ssl.SSLError: "it speaks no TLS that we know",
    socket.gaierror: "its name is not known",
    TimeoutError: "no answer in time",
    http.client.RemoteDisconnected: "it ended the connection",
    http.client.HTTPException: "it answered no HTTP",
}


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


def why_unanswered(error: Exception) -> str:
    """Return the reason for a failed request, without its address, which may hold a secret."""
    for each in _with_causes(error):
        if isinstance(each, ssl.SSLCertVerificationError):
            return f"its certificate is not good: {each.verify_message}"[:200]
        for kind, reason in _REASONS.items():
            if isinstance(each, kind):
                return reason
        if isinstance(each, OSError) and each.strerror:
            return each.strerror
    return type(error).__name__


def _with_causes(error: object) -> Iterator[BaseException]:
    """Yield an error, and those within it: libraries name the system's as reason or argument."""
    while isinstance(error, BaseException):
        yield error
        within = (getattr(error, "reason", None), *error.args, error.__cause__)
        error = next((each for each in within if isinstance(each, BaseException)), None)
