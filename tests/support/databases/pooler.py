"""A pooler such as PgBouncer between Rollcall and PostgreSQL."""

import socket
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from sqlalchemy import make_url

KEY, READY = b"K", b"Z"  # kinds of PostgreSQL's messages


@contextmanager
def pooled(url: str) -> Iterator[str]:
    """The URL of a pooler, as far as a session can tell one: by its process id."""
    target = make_url(url)

    class Line(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection((target.host, target.port or 5432)) as server:
                Thread(target=_answer, args=(server, self.request), daemon=True).start()
                while sent := self.request.recv(65536):
                    server.sendall(sent)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Line) as listener:
        listener.daemon_threads = True
        Thread(target=listener.serve_forever, args=(0.01,)).start()
        here = target.set(host="127.0.0.1", port=listener.server_address[1])
        plain = {"sslmode": "disable", "gssencmode": "disable"}
        try:
            yield here.update_query_dict(plain).render_as_string(hide_password=False)
        finally:
            listener.shutdown()


def _answer(server: socket.socket, client: socket.socket) -> None:
    """Pass on what PostgreSQL says, with another process id in what it says first."""
    file, kind = server.makefile("rb"), b""
    while kind != READY:
        kind, length = file.read(1), file.read(4)
        content = file.read(int.from_bytes(length, "big") - 4)
        client.sendall(kind + length + (b"\0\0\0\1" + content[4:] if kind == KEY else content))
    while said := file.read1():
        client.sendall(said)
