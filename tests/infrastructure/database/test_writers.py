"""Writers of SQLite: beside readers, and in a queue while another program has the database."""

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from infrastructure.database.engine import Database
from infrastructure.database.sqlite.writers import RETRY_INTERVAL, Writers
from rollcall.settings import ServerSettings

FULL = 2  # each commit is on the disk before it is answered


def busy() -> OperationalError:
    """The error of a writer that waited for another program in vain."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("BEGIN IMMEDIATE", {}, error)


def test_one_writer_tries_again_after_a_rest_and_then_all_may_write(tmp_path: Path) -> None:
    now = [0.0]
    writers = Writers(str(tmp_path / "lock"), clock=lambda: now[0])
    with pytest.raises(OperationalError, match="database is locked"), writers.turn():
        raise busy()
    now[0] = RETRY_INTERVAL - 0.1
    with pytest.raises(OperationalError, match="somebody else"):
        writers.turn().__enter__()

    now[0] = RETRY_INTERVAL
    with writers.turn(), pytest.raises(OperationalError, match="somebody else"):
        writers.refuse_if_locked()

    writers.refuse_if_locked()
    with writers.turn():
        pass


def test_one_that_tries_in_vain_lets_another_try_after_the_next_rest(tmp_path: Path) -> None:
    def fail_at(moment: float) -> None:
        tries.append(moment)
        raise busy()

    now = [0.0]
    tries: list[float] = []
    writers = Writers(str(tmp_path / "lock"), clock=lambda: now[0])
    for _ in range(3):
        with pytest.raises(OperationalError, match="database is locked"), writers.turn():
            fail_at(now[0])
        now[0] += RETRY_INTERVAL

    assert tries == [0, RETRY_INTERVAL, 2 * RETRY_INTERVAL]


def test_a_reader_holds_up_no_writer_and_goes_on_seeing_what_was(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rollcall.sqlite3'}"
    with closing(Database(url)) as reading, closing(Database(url)) as writing:
        with writing.begin() as session:
            session.execute(text("CREATE TABLE t (n)"))
        with reading.snapshot() as reader:
            assert reader.scalar(text("SELECT count(*) FROM t")) == 0
            with writing.begin() as session:
                session.execute(text("INSERT INTO t VALUES (1)"))

            assert reader.scalar(text("SELECT count(*) FROM t")) == 0
            assert reader.scalar(text("PRAGMA synchronous")) == FULL


def test_nobody_writes_between_what_a_writer_reads_and_what_it_writes(tmp_path: Path) -> None:
    file = tmp_path / "rollcall.sqlite3"
    with closing(Database(f"sqlite:///{file}")) as database:
        with database.begin() as session:
            session.execute(text("CREATE TABLE t (n)"))
        with (
            closing(sqlite3.connect(file, timeout=0)) as another_program,
            database.begin() as session,
        ):
            session.scalar(text("SELECT count(*) FROM t"))
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                another_program.execute("INSERT INTO t VALUES (1)")


def test_threads_of_a_server_that_come_again_open_no_connections_anew(tmp_path: Path) -> None:
    threads = ServerSettings.model_fields["threads"].default
    opened: list[object] = []
    with closing(Database(f"sqlite:///{tmp_path}/rollcall.sqlite3")) as database:
        event.listen(database.engine, "connect", lambda connection, _: opened.append(connection))
        for _ in range(2):
            with ExitStack() as all_at_once:
                for _ in range(threads):
                    all_at_once.enter_context(database.engine.connect())

    assert len(opened) == threads


def test_a_lock_that_cannot_be_opened_is_an_error_of_the_database(tmp_path: Path) -> None:
    """As on a disk that became read-only: then readers go on, and writers are answered 503."""
    (tmp_path / "lock").mkdir()

    with (
        pytest.raises(OperationalError, match=r"Is a directory \(.*/lock\)"),
        Writers(str(tmp_path / "lock")).turn(),
    ):
        pass
