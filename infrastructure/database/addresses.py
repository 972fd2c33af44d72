"""Addresses of databases, as SQLAlchemy and the driver take them."""

from urllib.parse import unquote

from sqlalchemy import URL
from sqlalchemy.engine import make_url

APPLICATION = "rollcall"  # as PostgreSQL knows our sessions
# libpq would wait for minutes for a host that is gone without a word, and all threads with it:
# seconds for a connection, milliseconds for what was sent, seconds for an answer.
PATIENCE = {
    "connect_timeout": "5",
    "tcp_user_timeout": "10000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}


def named(url: str, role: str) -> URL:
    """SQLAlchemy's URL of a database; PostgreSQL's sessions say that they are Rollcall's `role`.

    They speak UTF-8 in a database of any encoding: in one that has none (SQL_ASCII), the driver
    would give bytes. They have PATIENCE, unless `url` says otherwise.
    """
    target = make_url(url)
    if target.drivername in ("postgres", "postgresql"):
        target = target.set(drivername="postgresql+psycopg")
    if target.get_backend_name() == "postgresql":
        session = {"application_name": f"{APPLICATION} {role}", "client_encoding": "utf8"}
        # A folder of sockets in the host's place: libpq reads %2F there, SQLAlchemy does not.
        host = unquote(target.host) if target.host else None
        target = target.set(host=host).update_query_dict({**PATIENCE, **target.query, **session})
    return target
