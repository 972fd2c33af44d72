"""Replies of a mail server, read with limits of bytes and of time: it is not trusted."""

import smtplib
from socket import socket

from infrastructure.execution.deadlines import Deadline

LARGEST = 64 * 1024  # bytes of one reply; an EHLO's has about one thousand
CHUNK = 4096


class ReplyReader:
    """A file of lines by which smtplib reads a connection.

    A file of the standard library waits for each byte again, and smtplib reads as long as there
    are lines.
    """

    def __init__(self, connection: socket, deadline: Deadline) -> None:
        self._connection, self.deadline = connection, deadline
        self._buffer = b""
        self._read = 0

    def begin_reply(self) -> None:
        """Count the bytes from here."""
        self._read = 0

    def readline(self, limit: int) -> bytes:
        """Return the next line of less than `limit` bytes; at the end, what is left.

        Raises OSError.
        """
        while b"\n" not in self._buffer and len(self._buffer) < limit:
            self._connection.settimeout(self.deadline.left())
            chunk = self._connection.recv(CHUNK)
            if not chunk:
                break
            self._read += len(chunk)
            if self._read > LARGEST:
                raise smtplib.SMTPServerDisconnected("its reply has no end")
            self._buffer += chunk
        if b"\n" not in self._buffer[:limit] and len(self._buffer) >= limit:
            raise smtplib.SMTPServerDisconnected("a line of its reply has no end")
        end = self._buffer.find(b"\n") + 1 or len(self._buffer)
        line, self._buffer = self._buffer[:end], self._buffer[end:]
        return line

    def close(self) -> None:
        """Drop the buffer."""
        self._buffer = b""
