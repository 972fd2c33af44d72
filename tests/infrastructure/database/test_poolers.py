"""A pooler such as PgBouncer between Rollcall and PostgreSQL."""

from contextlib import closing
from typing import Any

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, text

from infrastructure.database.engine import Database
from tests.support.databases.pooler import pooled

PREPARED = text("SELECT count(*) FROM pg_prepared_statements")
USES = 6  # of one statement, after which the driver has prepared it


def prepared(connection: Connection) -> int:
    """The number of statements that a session has prepared, after it used one often."""
    for _ in range(USES):
        connection.execute(text("SELECT 1"))
    return int(connection.execute(PREPARED).scalar_one())


@pytest.mark.parametrize("engine", ["changing", "reading"])
def test_behind_a_pooler_no_statement_is_prepared(own_postgresql_url: str, engine: str) -> None:
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
