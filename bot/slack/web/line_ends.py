"""Ends of lines in Socket Mode, of which no frame told: seen at once.

The library takes the end of a line for a pause: it asks for more without a rest, and connects again
after a minute, in which Slack reaches nobody.
"""

from typing import Any

from slack_sdk.socket_mode.builtin import SocketModeClient


def notice(client: SocketModeClient) -> None:
    """Have a client give up a line that ended, for which it makes another within ten seconds.

    Each line is watched from the first message on, with which Slack greets.
    """

    def watch(_: str) -> None:
        session = client.current_session
        sock = session.sock if session is not None else None  # another thread may take it away
        if session is not None and not isinstance(sock, _Line | None):
            session.sock = _Line(sock, client)  # type: ignore[assignment] # acts as a socket

    client.on_message_listeners.append(watch)


class _Line:
    """A socket that raises ConnectionResetError at its end, unless its client is to close."""

    def __init__(self, sock: Any, client: SocketModeClient) -> None:
        self._sock, self._client = sock, client

    def recv(self, size: int) -> bytes:
        """Return what came, as a socket does."""
        received: bytes = self._sock.recv(size)
        if not received and not self._client.closed:
            raise ConnectionResetError("Slack's line ended without a word")
        return received

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)
