"""A PostgreSQL that is there and says nothing, or is gone without a word."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Semaphore

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from infrastructure.database.addresses import named
from infrastructure.database.engine import COMMAND, LOCK_PATIENCE, Database
from infrastructure.database.query_cache import QueryCache
from infrastructure.execution import outcomes
from infrastructure.execution.patience import Patience
from tests.support.databases import postgres
from tests.support.databases.lines import Line
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

URL = "postgresql://rollcall@db.example.com/rollcall"
SOON = 0.4  # seconds of patience
ADVISORY = "SELECT pg_advisory_lock(4711)"


@pytest.fixture
def line(postgresql_url: str) -> Iterator[Line]:
    with closing(Line(postgresql_url)) as line:
        yield line


@contextmanager
def connected(url: str, places: int | None = None) -> Iterator[Database]:
    """A database with little patience, to which there is a connection already."""
    patience = Patience(SOON, None if places is None else Semaphore(places), moment=SOON / 4)
    with closing(Database(url, patience=patience)) as database:
        database.run_shared(ask)
        yield database


def ask(session: Session) -> object:
    return session.scalar(text("SELECT 1"))


def read(database: Database) -> object:
    with database.reading() as session:
        return ask(session)


def begin(database: Database) -> object:
    with database.begin() as session:
        return ask(session)


def share(database: Database) -> object:
    return database.run_shared(ask)


def seconds_of_failure(act: Callable[[], object]) -> float:
    began = time.monotonic()
    with pytest.raises(OperationalError):
        act()
    return time.monotonic() - began


def test_a_host_that_is_gone_is_waited_for_seconds_unless_the_url_says_otherwise() -> None:
    usual, own = named(URL, COMMAND).query, named(f"{URL}?connect_timeout=30", COMMAND).query

    assert (usual["connect_timeout"], own["connect_timeout"]) == ("5", "30")
    assert usual["tcp_user_timeout"] == own["tcp_user_timeout"] == "10000"
    assert usual["keepalives_idle"] == "10"


def test_a_folder_of_sockets_may_stand_where_a_host_does_as_libpq_has_it() -> None:
    socket = "postgresql://rollcall@%2Frun%2Fpostgresql:6432/name"
    assert named(socket, COMMAND).host == "/run/postgresql"


def test_the_driver_takes_these_words(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as database, database.reading() as session:
        assert session.scalar(text("SELECT 1")) == 1


@pytest.mark.parametrize("act", [read, begin, share])
def test_one_that_falls_silent_is_given_up_and_asked_again_once_it_speaks(
    line: Line, act: Callable[[Database], object]
) -> None:
    with connected(f"{line.url}?connect_timeout=2") as database:
        act(database)
        line.go_silent()

        assert seconds_of_failure(lambda: act(database)) < 4
        line.speak()
        assert act(database) == 1


def test_who_tried_a_connection_in_vain_does_not_wait_for_a_new_one_as_well(line: Line) -> None:
    with connected(f"{line.url}?connect_timeout=20") as database:
        begin(database)
        line.go_silent()

        assert seconds_of_failure(lambda: begin(database)) < 4


def test_while_it_is_silent_few_wait_and_all_others_are_refused_at_once(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"{line.url}?connect_timeout=1"
    with connected(url, places=1) as database, ThreadPoolExecutor(5) as threads:
        cache = QueryCache(database, ask, name="one", max_age=0.01, max_stale_age=0.02)
        cache.current()
        begin(database)
        line.go_silent()
        first = [threads.submit(seconds_of_failure, lambda: share(database)) for _ in range(5)]
        took = sorted(each.result() for each in first)

        assert database.patience is not None
        trying = database.patience.begin()  # as one does who has a connection
        refused = seconds_of_failure(lambda: share(database))
        assert seconds_of_failure(lambda: begin(database)) < SOON / 4
        assert cache.current() == 1  # what was there stays
        trying.end()

    assert took[2] < SOON  # one waits on, and another one where that was for its turn
    assert refused < SOON / 4
    assert caplog.records == []  # of the pool, for example


def test_who_waits_for_a_lock_of_others_is_given_up_by_the_server_too(postgresql_url: str) -> None:
    with (
        psycopg.connect(postgresql_url, autocommit=True) as other,
        connected(postgresql_url) as database,
    ):
        other.execute(ADVISORY)

        def want(session: Session) -> None:
            session.execute(text(ADVISORY))

        assert seconds_of_failure(lambda: database.run_shared(want)) < 2
        eventually(lambda: not postgres.is_one_waiting(postgresql_url))
        assert share(database) == 1


def test_a_row_that_another_program_has_holds_up_none_but_its_own_call(postgresql_url: str) -> None:
    with (
        psycopg.connect(postgresql_url, autocommit=True) as other,
        closing(Database(postgresql_url, patience=Patience(1.0))) as database,
        ThreadPoolExecutor(5) as threads,
    ):
        other.execute(ADVISORY)
        held = threads.submit(
            seconds_of_failure,
            lambda: database.run_shared(lambda session: session.execute(text(ADVISORY))),
        )
        eventually(lambda: postgres.is_one_waiting(postgresql_url))
        others = [threads.submit(share, database) for _ in range(3)]

        assert [each.result() for each in others] == [1, 1, 1]
        assert not held.done()
        assert held.result() > 1.0


def test_a_row_that_is_let_go_of_in_time_is_had_by_a_call_that_gave_up_its_batch(
    postgresql_url: str,
) -> None:
    with (
        psycopg.connect(postgresql_url, autocommit=True) as other,
        closing(Database(postgresql_url, patience=Patience(8.0))) as database,
        ThreadPoolExecutor(1) as threads,
    ):
        other.execute(ADVISORY)
        waiting = threads.submit(
            database.run_shared,
            lambda session: session.scalar(text("SELECT pg_advisory_xact_lock(4711)")),
        )
        time.sleep(LOCK_PATIENCE + 0.1)
        other.execute("SELECT pg_advisory_unlock_all()")

        waiting.result()


def test_a_commit_without_an_answer_may_have_been_done_and_one_not_sent_was_not(line: Line) -> None:
    def fall_silent_and_ask() -> None:
        with database.begin() as session:
            line.go_silent()
            ask(session)

    def ask_and_fall_silent() -> None:
        with database.begin() as session:
            ask(session)
            line.go_silent()

    with connected(line.url) as database:
        outcomes.begin()
        seconds_of_failure(fall_silent_and_ask)
        assert not outcomes.may_have_changed()

        line.speak()
        seconds_of_failure(ask_and_fall_silent)
        assert outcomes.may_have_changed()


def test_who_reads_at_length_is_waited_for_longer_on_that_connection_and_then_no_more(
    postgresql_url: str,
) -> None:
    slow = text(f"SELECT pg_sleep({SOON * 1.5})")
    with connected(postgresql_url) as database:
        with database.reading(long=True) as session:
            session.execute(slow)
        with database.snapshot() as connection:
            connection.execute(slow)

        with pytest.raises(OperationalError), database.reading() as session:
            session.execute(slow)


@soak_only("the same, with what stands still in earnest; it starts a PostgreSQL of its own")
def test_one_whose_processes_all_stand_still_is_given_up() -> None:
    with postgres.cluster() as url, connected(f"{url}/postgres") as database:
        with psycopg.connect(f"{url}/postgres") as connection:
            main = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert main is not None
        stopped = processes(make_url(url).port or 0)
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            assert seconds_of_failure(lambda: share(database)) < 4
            assert seconds_of_failure(lambda: share(database)) < 8
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
        assert share(database) == 1


def processes(port: int) -> list[int]:
    """The main process of the PostgreSQL at a port, and its children."""
    found, parents = [], {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_text()
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        parents[int(process.name)] = parent
        if f"-cport={port}" in words:
            found.append(int(process.name))
    return found + [pid for pid, parent in parents.items() if parent in found]


@soak_only("it waits for five seconds; that the driver is told so is held above")
def test_one_that_accepts_and_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://rollcall@127.0.0.1:{silent.getsockname()[1]}/rollcall"
        with closing(Database(url)) as database:
            began = time.monotonic()
            with pytest.raises(OperationalError), database.reading() as session:
                session.execute(text("SELECT 1"))

    assert time.monotonic() - began < 8
