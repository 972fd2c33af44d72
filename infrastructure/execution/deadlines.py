"""Deadlines of waits, and of everything that a thread exchanges over connections with others.

The timeout of a socket begins again with each byte that arrives: a server that sends one now and
then would be waited for without end.
"""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Timer, local


class Deadline:
    """The moment, in seconds of the monotonic clock, at which waiting ends."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """True if there are no seconds left."""
        return time.monotonic() >= self._end

    def left(self) -> float:
        """Return the seconds that are left. Raises TimeoutError where there are none."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("out of time")  # smtplib keeps no more than the text
        return seconds


class _Guards:
    """Second files of connections, by which these are shut down, whoever has taken the first."""

    def __init__(self) -> None:
        self._lock, self._is_over = Lock(), False
        self._connections: list[socket.socket] = []

    def add(self, connection: socket.socket) -> None:
        guard = socket.socket(fileno=os.dup(connection.fileno()))
        with self._lock:
            self._connections.append(guard)
            if self._is_over:
                _shut(guard)

    def shut(self) -> None:
        with self._lock:
            self._is_over = True
            for guard in self._connections:
                _shut(guard)

    def close(self) -> None:
        with self._lock:
            for guard in self._connections:
                guard.close()


class _Thread(local):
    guards: tuple[_Guards, ...] = ()


_thread = _Thread()


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """A context of this thread, after whose `seconds` its watched connections are shut down.

    A read then finds the end of the connection, and a write fails. Where one deadline is within
    another, both hold.
    """
    outer, guards = _thread.guards, _Guards()
    timer = Timer(seconds, guards.shut)
    timer.daemon = True
    timer.start()
    _thread.guards = (*outer, guards)
    try:
        yield
    finally:
        _thread.guards = outer
        timer.cancel()
        guards.close()


def watch(connection: socket.socket) -> None:
    """Have the deadlines of this thread, where it has any, hold for a connection."""
    for guards in _thread.guards:
        guards.add(connection)


def _shut(guard: socket.socket) -> None:
    with suppress(OSError):
        guard.shutdown(socket.SHUT_RDWR)
