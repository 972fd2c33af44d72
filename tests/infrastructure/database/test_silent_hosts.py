"""A PostgreSQL that is there and says nothing, or is gone without a word."""

import socket
import time
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from infrastructure.database.engine import COMMAND, Database, named
from tests.support.soaking import soak_only

URL = "postgresql://rollcall@db.example.com/rollcall"


def test_a_host_that_is_gone_is_waited_for_seconds_unless_the_url_says_otherwise() -> None:
    usual, own = named(URL, COMMAND).query, named(f"{URL}?connect_timeout=30", COMMAND).query

    assert (usual["connect_timeout"], own["connect_timeout"]) == ("5", "30")
    assert usual["tcp_user_timeout"] == own["tcp_user_timeout"] == "10000"
    assert usual["keepalives_idle"] == "10"


def test_the_driver_takes_these_words(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as database, database.reading() as session:
        assert session.scalar(text("SELECT 1")) == 1


@soak_only("it waits for five seconds; that the driver is told so is held above")
def test_one_that_accepts_and_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://rollcall@127.0.0.1:{silent.getsockname()[1]}/rollcall"
        with closing(Database(url)) as database:
            began = time.monotonic()
            with pytest.raises(OperationalError), database.reading() as session:
                session.execute(text("SELECT 1"))

    assert time.monotonic() - began < 8
