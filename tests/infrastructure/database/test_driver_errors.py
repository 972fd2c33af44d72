"""Errors of the database drivers, raised while they run our statements."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import Select, Text, bindparam, func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.statements.compiled import CompiledStatement
from infrastructure.jobs.models import LastRun
from tests.support.databases import postgres

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOTE = CompiledStatement(lambda _: insert(LastRun), "what", "at")


def reading() -> Select[str]:
    """Reads JSON out of each text of a list; SQLite comes to a row only when it is asked for it."""
    each = func.json_each(bindparam("texts", type_=Text)).table_valued("value")
    return select(func.json_extract(each.c.value, bindparam("path", type_=Text)))


@pytest.mark.parametrize("texts", ['["{"]', '["1", "{"]'], ids=["at once", "at its next row"])
def test_an_error_is_one_of_the_databases_whenever_it_comes(database: Database, texts: str) -> None:
    statement = CompiledStatement(lambda _: reading())

    with database.reading() as session, pytest.raises(DBAPIError, match="malformed JSON"):
        statement.row(session, texts=texts, path="$")


@pytest.mark.postgresql
def test_of_two_who_insert_one_row_at_once_one_hears_that_it_is_there(database: Database) -> None:
    """By the class that their callers look for."""
    at_once = Barrier(2)

    def note() -> None:
        with database.begin() as session:
            if session.get_bind().dialect.name == "postgresql":
                at_once.wait()  # on SQLite the second one waits until the first has committed
            NOTE.execute(session, what="digest", at=NOON)

    with ThreadPoolExecutor(2) as threads:
        errors = [each.exception() for each in [threads.submit(note) for _ in range(2)]]

    assert [type(error) for error in errors if error] == [IntegrityError]


def test_connections_that_were_lost_are_met_with_one_failure(own_postgresql_url: str) -> None:
    """Also where the first statement on one of them is a compiled one."""
    with closing(Database(own_postgresql_url)) as database:
        with ExitStack() as stack:
            for _ in range(3):
                stack.enter_context(database.begin()).connection()

        def lose(session: Session) -> None:
            session.connection()
            postgres.end_connections(own_postgresql_url)
            NOTE.execute(session, what="digest", at=NOON)

        with pytest.raises(OperationalError) as failure, database.begin() as session:
            lose(session)
        assert failure.value.connection_invalidated
        for what in ("digest", "charts", "people"):
            with database.begin() as session:
                NOTE.execute(session, what=what, at=NOON)
