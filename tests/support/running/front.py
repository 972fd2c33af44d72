"""A proxy before the server and `live`, as Caddy is one: `/board/live` goes to the second."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.support.running.webserving import LOOPBACK

NEWS = b"GET /board/live"
MAX_HEAD = 64 * 1024  # bytes of a request's head


class _Handler(socketserver.BaseRequestHandler):
    """One request of a connection, and its answer; the next one comes on another connection."""

    def handle(self) -> None:
        """Pass it on, and what follows in both directions."""
        head = b""
        while b"\r\n\r\n" not in head and len(head) < MAX_HEAD:
            piece = self.request.recv(65536)
            if not piece:
                return
            head += piece
        ports: tuple[int, int] = self.server.ports  # type: ignore[attr-defined]
        try:
            behind = socket.create_connection((LOOPBACK, ports[head.startswith(NEWS)]))
        except OSError:
            self.request.sendall(b"HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n")
            return
        with behind:
            line, _, rest = head.partition(b"\r\n")
            rest = rest.replace(b"Connection: keep-alive\r\n", b"")
            behind.sendall(b"\r\n".join((line, b"Connection: close", rest)))
            back = threading.Thread(target=_pass_on, args=(self.request, behind), daemon=True)
            back.start()
            _pass_on(behind, self.request)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Hand on what comes, until either side ends."""
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
    except OSError:
        pass
    finally:
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class _Front(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 1024


@contextmanager
def front(server: int, live: int) -> Iterator[str]:
    """Stand before these two ports; yields the address."""
    with _Front((LOOPBACK, 0), _Handler) as proxy:
        proxy.ports = (server, live)  # type: ignore[attr-defined]
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://{LOOPBACK}:{proxy.server_address[1]}"
        proxy.shutdown()
