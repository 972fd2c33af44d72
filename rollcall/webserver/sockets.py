"""Sockets that listen, and the errors of opening them."""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from infrastructure.errors import RollcallError

BACKLOG = 1024  # connections that the system keeps until they are accepted
_NO_ADDRESS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class PortTaken(RollcallError):
    """Another program listens on the port."""

    def __init__(self, port: int, setting: str) -> None:
        super().__init__(
            f"Port {port} is taken: end the program that listens on it, or set {setting} to "
            "another one."
        )


class PortForbidden(RollcallError):
    """A port that only root may listen on."""

    def __init__(self, port: int, setting: str) -> None:
        super().__init__(
            f"Rollcall's user may not listen on port {port}: set {setting} to one of 1024 or more."
        )


class NoSuchAddress(RollcallError):
    """A listening address that this machine does not have."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"This machine cannot listen at {address}, which ROLLCALL_ADDRESS says: has it no IPv6?"
        )


@contextmanager
def listening(address: str, port: int, setting: str) -> Iterator[socket.socket]:
    """A socket that listens at an address and a port, which a `setting` names; closed at the end.

    One at `::` hears IPv4 too. Raises PortTaken, PortForbidden, NoSuchAddress.
    """
    is_six = ":" in address
    try:
        listener = socket.socket(socket.AF_INET6 if is_six else socket.AF_INET)
    except OSError as error:
        raise NoSuchAddress(address) from error
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_six:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        try:
            listener.bind((address, port))
            listener.listen(BACKLOG)
        except OSError as error:
            raise _known(error, address, port, setting) from None
        yield listener


def _known(error: OSError, address: str, port: int, setting: str) -> Exception:
    """The error in words with the fix, where it is one that an admin can fix."""
    if error.errno == errno.EADDRINUSE:
        return PortTaken(port, setting)
    if error.errno == errno.EACCES:
        return PortForbidden(port, setting)
    return NoSuchAddress(address) if error.errno in _NO_ADDRESS else error
