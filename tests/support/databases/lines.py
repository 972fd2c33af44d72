"""A line to PostgreSQL that can go silent."""

import select
import socket
from contextlib import suppress
from threading import Event, Thread

from sqlalchemy import make_url


class Line:
    """A line to PostgreSQL, which can go silent: what is sent is taken, and nothing comes back."""

    def __init__(self, url: str) -> None:
        target = make_url(url)
        self._there = target.host or "", target.port or 5432
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = target.set(port=self._listener.getsockname()[1]).render_as_string(False)
        self._speaks, self._ended = Event(), Event()
        self._speaks.set()
        Thread(target=self._accept, daemon=True).start()

    def go_silent(self) -> None:
        """Answer nothing from now on."""
        self._speaks.clear()

    def speak(self) -> None:
        """Answer again."""
        self._speaks.set()

    def close(self) -> None:
        """End all connections."""
        self._ended.set()
        self._speaks.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        hung_up = suppress(ConnectionError)  # either end, with what it has not read
        with hung_up, near, socket.create_connection(self._there) as far:
            others = {near: far, far: near}
            while not self._ended.is_set():
                for ready in select.select([near, far], [], [], 0.05)[0]:
                    sent = ready.recv(65536)
                    self._speaks.wait()
                    if not sent or self._ended.is_set():
                        return
                    others[ready].sendall(sent)
