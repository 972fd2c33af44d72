"""A pooler such as PgBouncer between Rollcall and PostgreSQL."""

import socket
import socketserver
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Thread
from typing import Any

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, make_url, text

from infrastructure.database.engine import Database

PREPARED = text("SELECT count(*) FROM pg_prepared_statements")
USES = 6  # of one statement, after which the driver has prepared it
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


def prepared(connection: Connection) -> int:
    """The number of statements that a session has prepared, after it used one often."""
    for _ in range(USES):
        connection.execute(text("SELECT 1"))
    return int(connection.execute(PREPARED).scalar_one())


@pytest.mark.parametrize("engine", ["changing", "reading"])
def test_nothing_is_prepared_behind_a_pooler(own_postgresql_url: str, engine: str) -> None:
    """It gives the session to others between two transactions, and its names of statements too."""

    def found(url: str) -> int:
        with closing(Database(url)) as database:
            session = database.begin() if engine == "changing" else database.reading()
            with session as opened:
                return prepared(opened.connection())

    with pooled(own_postgresql_url) as url:
        assert found(url) == 0
    assert found(own_postgresql_url) > 0


def test_the_look_for_a_pooler_leaves_no_transaction_open(own_postgresql_url: str) -> None:
    with (
        closing(Database(own_postgresql_url)) as database,
        closing(database.engine.raw_connection()),  # the first one is looked at by the library too
        closing(database.engine.raw_connection()) as second,
    ):
        driver: Any = second.driver_connection
        assert driver.info.transaction_status is TransactionStatus.IDLE
