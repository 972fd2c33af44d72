"""Mail servers that say what they like, at their own speed."""

import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread


@contextmanager
def raw(*answers: bytes | Iterable[bytes], pause: float = 0.0) -> Iterator[str]:
    """A server that answers the n-th command with the n-th answer; the first is the banner.

    An answer is sent as it is, part by part where it has parts, with a `pause` between two. After
    the last one the connection is closed. Yields the URL.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    ended = Event()

    def serve() -> None:
        with suppress(OSError):
            while not ended.is_set():
                with listener.accept()[0] as connection, suppress(OSError):
                    connection.settimeout(5)
                    for number, answer in enumerate(answers):
                        if number:
                            connection.recv(65536)
                        for part in [answer] if isinstance(answer, bytes) else answer:
                            connection.sendall(part)
                            time.sleep(pause)
                            if ended.is_set():
                                return
                    _close(connection)

    thread = Thread(target=serve)
    thread.start()
    try:
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _close(connection: socket.socket) -> None:
    """End a connection as servers do: with bytes unread it would be reset instead."""
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65536):
        pass
