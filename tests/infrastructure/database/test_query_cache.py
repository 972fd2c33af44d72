"""A cache of one query: when it asks again, and what it serves meanwhile and where it cannot."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.query_cache import QueryCache


class Counted:
    """A query that returns how often it was run, and can be told to fail or to do more."""

    def __init__(self) -> None:
        self.times, self.now = 0, 100.0
        self.meanwhile: Callable[[], object] = lambda: None
        self.is_broken = False

    def __call__(self, session: Session) -> int:
        self.times += 1
        self.meanwhile()
        if self.is_broken:
            session.execute(text("SELECT * FROM gone"))
        return self.times

    def cache(self, database: Database, first: int | None = None) -> QueryCache[int]:
        """A cache of it by its own clock, for ten seconds, and old for another twenty."""
        ages = {"max_age": 10.0, "max_stale_age": 30.0}
        return QueryCache(
            database, self, name="counted", first=first, clock=lambda: self.now, **ages
        )


@pytest.fixture
def query() -> Counted:
    return Counted()


def test_the_query_is_run_again_when_its_result_is_ten_seconds_old(
    database: Database, query: Counted
) -> None:
    cache, seen = query.cache(database), []
    for query.now in (100, 109.9, 110, 119.9, 120, 200):
        seen.append(cache.current())

    assert seen == [1, 1, 2, 2, 3, 4]


def test_while_one_thread_asks_others_get_the_old_result(
    database: Database, query: Counted
) -> None:
    cache = query.cache(database)
    cache.current()
    query.now += 29.9
    with ThreadPoolExecutor(1) as other:
        seen: list[int] = []
        query.meanwhile = lambda: seen.append(other.submit(cache.current).result(10))

        assert cache.current() == 2
    assert seen == [1]


def test_what_is_too_old_is_waited_for_and_asked_for_once(
    database: Database, query: Counted
) -> None:
    cache = query.cache(database)
    cache.current()
    query.now += 30
    with ThreadPoolExecutor(1) as other:
        waiting = []
        query.meanwhile = lambda: waiting.append(other.submit(cache.current))

        assert cache.current() == 2
        assert [each.result(10) for each in waiting] == [2]


def test_where_the_database_fails_the_last_result_stays_and_it_is_asked_again_later(
    database: Database, query: Counted
) -> None:
    cache = query.cache(database)
    cache.current()
    query.is_broken = True
    for query.now in (110, 119.9, 120):
        assert cache.current() == 1
    assert query.times == 3
    query.is_broken = False
    query.now = 130

    assert cache.current() == 4


def test_before_there_is_a_result_the_first_one_serves_or_the_error_is_raised(
    database: Database, query: Counted
) -> None:
    query.is_broken = True

    assert query.cache(database, first=0).current() == 0
    with pytest.raises(OperationalError):
        query.cache(database).current()
