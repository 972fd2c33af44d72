"""Connections to hosts with several addresses, within one time for all of them, and their TLS."""

import http.client
import socket
import ssl
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from time import monotonic

from infrastructure.errors import RollcallError

SHORTEST = 0.001  # seconds; with none at all a socket does not wait
_REASONS: dict[type[Exception], str] = {  # a kind stands before those that it is one of
    ssl.SSLEOFError: "it ended the connection",
    ssl.SSLError: "it speaks no TLS that we know",
    socket.gaierror: "its name is not known",
    UnicodeError: "its name is not known",
    TimeoutError: "no answer in time",
    ConnectionResetError: "it ended the connection",
    http.client.IncompleteRead: "its answer broke off",
    http.client.HTTPException: "it answered no HTTP",
    zlib.error: "its answer is not packed as it says",
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
    from urllib3.exceptions import ProxyError  # noqa: PLC0415 - only for who has no answer

    causes = list(_with_causes(error))
    of_proxy = "the proxy: " if any(isinstance(each, ProxyError) for each in causes) else ""
    reason = next(filter(None, map(_reason, causes)), type(causes[-1]).__name__)
    return f"{of_proxy}{reason}"[:200]


def _reason(error: BaseException) -> str | None:
    """The reason that one error names, in words; None where another one has to tell."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {error.verify_message}"
    if isinstance(error, RollcallError):
        return str(error)
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    if not isinstance(error, OSError):
        return None
    return error.strerror or next((text for text in error.args if isinstance(text, str)), None)


def _with_causes(error: object) -> Iterator[BaseException]:
    """Yield an error, and those within it: libraries name the system's as reason or argument."""
    while isinstance(error, BaseException):
        yield error
        within = (getattr(error, "reason", None), *error.args, error.__cause__)
        error = next((each for each in within if isinstance(each, BaseException)), None)
