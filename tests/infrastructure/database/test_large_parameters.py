"""Large parameters of statements on SQLite, which its driver would keep."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime

import pytest
from sqlalchemy import Text, bindparam, func, insert, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.sqlite.large_parameters import LARGE
from infrastructure.jobs.models import LastRun

Sessions = Callable[[Database], AbstractContextManager[Session]]
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LENGTH = select(func.length(bindparam("text", type_=Text)))


@pytest.fixture
def fresh(sqlite_url: str) -> Iterator[Database]:
    """A database with no connection: the one that all tests share may have several to choose."""
    with closing(Database(sqlite_url)) as database:
        yield database


@pytest.mark.parametrize("session_of", [Database.reading, Database.begin])
def test_a_connection_is_used_again_but_after_a_large_parameter(
    fresh: Database, session_of: Sessions
) -> None:
    def driver_after(text: str) -> object:
        with session_of(fresh) as session:
            assert session.scalar(LENGTH, {"text": text}) == len(text)
            return session.connection().connection.driver_connection

    first = driver_after("C02XG0FDJGH5")

    assert driver_after("a" * (LARGE + 1)) is first
    second = driver_after("C02XG0FDJGH5")
    assert second is not first
    assert driver_after("a" * LARGE) is driver_after("b") is second


def test_a_large_read_within_a_transaction_of_its_thread_takes_nothing_from_it(
    fresh: Database,
) -> None:
    def write(session: Session) -> None:
        session.add(LastRun(what="next", at=NOON))
        session.flush()
        with fresh.reading() as other:
            other.scalar(LENGTH, {"text": "a" * (LARGE + 1)})

    fresh.run_shared(write)

    with fresh.reading() as session:
        assert session.scalar(select(LastRun.what)) == "next"


def test_rows_that_are_written_together_are_looked_at_as_well(fresh: Database) -> None:
    """The driver has the values of many rows in another form than those of one."""
    rows = [{"what": name * (LARGE + 1), "at": NOON} for name in "ab"]

    with fresh.begin() as session:
        session.execute(insert(LastRun), rows)
        former = session.connection().connection.driver_connection
    with fresh.begin() as session:
        assert session.connection().connection.driver_connection is not former
        assert session.scalar(select(func.count()).select_from(LastRun)) == len(rows)
