"""Sessions that threads keep, after something went wrong in one."""

import gc
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.connections import MAX_IDLE, ThreadConnections
from infrastructure.database.engine import Database
from infrastructure.database.statements.compiled import directly
from infrastructure.jobs.models import LastRun
from provisioning.firstboot import reports
from provisioning.values.serials import Serial
from tests.support.databases import postgres

pytestmark = pytest.mark.postgresql

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def kept(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(LastRun.what)))


def test_what_a_failed_transaction_had_not_written_yet_is_not_written_by_the_next(
    database: Database,
) -> None:
    def fails(session: Session) -> None:
        session.add(LastRun(what="never", at=NOON))
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - our own
        database.run_shared(fails)
    database.run_shared(lambda session: session.add(LastRun(what="next", at=NOON)))

    assert kept(database) == ["next"]


def test_after_a_statement_that_failed_the_next_transaction_succeeds(database: Database) -> None:
    def fails(session: Session) -> None:
        session.add(LastRun(what="never", at=NOON))
        session.flush()
        session.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(SQLAlchemyError):
        database.run_shared(fails)
    database.run_shared(lambda session: session.add(LastRun(what="next", at=NOON)))

    assert kept(database) == ["next"]


def test_a_session_is_not_closed_while_its_thread_uses_it(database: Database) -> None:
    used, go_on = Event(), Event()
    found: list[object] = []

    def read() -> None:
        with database.reading() as session:
            mine = session.connection()
            used.set()
            go_on.wait()
            found.extend([mine.closed, kept(database)])

    reader, closer = Thread(target=read), Thread(target=database.close)
    reader.start()
    used.wait()
    closer.start()
    closer.join(0.05)
    was_waiting = closer.is_alive()
    go_on.set()
    for thread in (reader, closer):
        thread.join()

    assert was_waiting
    assert found == [False, []]


def test_sessions_that_stay_in_use_are_waited_for_together_and_not_one_by_one() -> None:
    connections = ThreadConnections(make_url("sqlite:///x.sqlite3"))
    used, go_on = Barrier(9), Event()

    def keep() -> None:
        with connections.session():
            used.wait()
            go_on.wait()

    threads = [Thread(target=keep) for _ in range(8)]
    for thread in threads:
        thread.start()
    used.wait()
    began = time.monotonic()
    connections.close(patience=0.1)
    took = time.monotonic() - began
    go_on.set()
    for thread in threads:
        thread.join()

    assert 0.1 <= took < 0.4


def test_a_database_that_was_restarted_is_met_with_one_failure(own_postgresql_url: str) -> None:
    with closing(Database(own_postgresql_url)) as database:
        at_once = Barrier(4)

        def ask_beside_others() -> None:
            asked(database)
            at_once.wait()

        threads = [Thread(target=ask_beside_others) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        asked(database)
        postgres.end_connections(own_postgresql_url)

        with suppress(SQLAlchemyError):
            asked(database)
        asked(database)


def test_who_comes_some_time_after_a_restart_meets_no_failure(own_postgresql_url: str) -> None:
    """A technician's first command of the day, after a night in which PostgreSQL was renewed."""
    with closing(Database(own_postgresql_url)) as database:
        use_all(database)
        postgres.end_connections(own_postgresql_url)
        time.sleep(MAX_IDLE * 1.1)

        use_all(database)


def test_a_read_within_a_transaction_of_its_thread_takes_nothing_from_it(
    database: Database,
) -> None:
    kept(database)
    time.sleep(MAX_IDLE * 1.1)

    def write(session: Session) -> None:
        session.add(LastRun(what="next", at=NOON))
        session.flush()
        asked(database)

    database.run_shared(write)

    assert kept(database) == ["next"]


def use_all(database: Database) -> None:
    """Read, as Macs' calls do, and ask in a transaction of one's own, as people's acts do."""
    asked(database)
    with database.begin() as session:
        ask_the_driver(session)


def asked(database: Database) -> None:
    """Read a Mac's status, as most calls of Macs do."""
    with database.reading() as session:
        reports.find_status(session, Serial("C02AAA"))


def add(session: Session) -> None:
    session.add(LastRun(what="never", at=NOON))


def ask_the_driver(session: Session) -> None:
    directly(session, "SELECT 1")


def fail(_: Session) -> None:
    raise ValueError("of our own")


@pytest.mark.parametrize("goes_on", [add, ask_the_driver, fail])
def test_a_connection_that_is_lost_in_mid_call_is_the_databases_error(
    own_postgresql_url: str, goes_on: Callable[[Session], None]
) -> None:
    """Though the transaction cannot be rolled back any more."""

    def lost(session: Session) -> None:
        session.execute(text("SELECT 1"))
        postgres.end_connections(own_postgresql_url)
        goes_on(session)

    with closing(Database(own_postgresql_url)) as database:
        with pytest.raises(DBAPIError):
            database.run_shared(lost)
        database.run_shared(lambda session: session.add(LastRun(what="next", at=NOON)))

        assert kept(database) == ["next"]


def test_no_connection_of_an_ended_thread_is_left_to_the_garbage_collector(
    own_postgresql_url: str,
) -> None:
    with closing(Database(own_postgresql_url)) as database:
        asked(database)
        in_another_thread(lambda: asked(database))
        with pytest.raises(SQLAlchemyError), database.reading() as session:
            session.execute(text("SELECT nothing FROM nowhere"))
        asked(database)
        in_another_thread(lambda: asked(database))

        gc.collect(0)  # the driver warns of each that is still open, which fails a test


def in_another_thread(act: Callable[[], None]) -> None:
    thread = Thread(target=act)
    thread.start()
    thread.join()
