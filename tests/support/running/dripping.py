"""A server that sends its answer a byte at a time."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

LONG = 5.0  # seconds for which it goes on, where nobody ends it


@contextmanager
def dripping(*answers: bytes) -> Iterator[str]:
    """A server whose answers on a connection are these; a byte at a time follows the last one."""
    over = Event()

    def serve() -> None:
        with suppress(OSError), door.accept()[0] as line:
            for answer in answers:
                line.recv(4096)
                line.sendall(answer)
            until = time.monotonic() + LONG
            while not over.wait(0.02) and time.monotonic() < until:
                line.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{door.getsockname()[1]}"
        over.set()
    thread.join()
