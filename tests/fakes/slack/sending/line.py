"""One WebSocket, seen as a line of JSON messages."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from typing import Any

from simple_websocket import ConnectionClosed

from tests.fakes.slack.web.wire import JSON


class Line:
    """Wraps simple_websocket's server, which several threads may send to. A line that has ended
    raises ConnectionError.
    """

    def __init__(self, websocket: Any) -> None:
        self._websocket = websocket
        self._sending = threading.Lock()

    def send(self, message: JSON) -> None:
        """Send one message."""
        try:
            with self._sending:
                self._websocket.send(json.dumps(message))
        except ConnectionClosed as ended:
            raise ConnectionResetError("the WebSocket is closed") from ended

    def receive(self) -> JSON:
        """Wait for the next message."""
        try:
            message: JSON = json.loads(self._websocket.receive())
        except ConnectionClosed as ended:
            raise ConnectionResetError("the WebSocket is closed") from ended
        return message

    def close(self) -> None:
        """End the connection with a close frame."""
        with contextlib.suppress(ConnectionClosed, OSError):
            self._websocket.close()

    def cut(self) -> None:
        """End the connection without a close frame."""
        with contextlib.suppress(OSError):
            self._websocket.sock.shutdown(socket.SHUT_RDWR)
