"""Writers of SQLite: beside readers, and in a queue while another program has the database."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from infrastructure.database.engine import Database
from infrastructure.database.writers import REST, Writers

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
    now[0] = REST - 0.1
    with pytest.raises(OperationalError, match="somebody else"):
        writers.turn().__enter__()

    now[0] = REST
    with writers.turn(), pytest.raises(OperationalError, match="somebody else"):
        writers.refuse_in_vain()

    writers.refuse_in_vain()
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
        now[0] += REST

    assert tries == [0, REST, 2 * REST]


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


def test_who_reads_before_writing_waits_for_the_writer_before(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rollcall.sqlite3'}"
    was_read = Event()

    def add(database: Database, then: Callable[[], object]) -> None:
        with database.begin() as session:
            number = session.scalar(text("SELECT n FROM t"))
            then()
            session.execute(text("UPDATE t SET n = :n"), {"n": number + 1})

    with closing(Database(url)) as one, closing(Database(url)) as other:
        with one.begin() as session:
            session.execute(text("CREATE TABLE t (n)"))
            session.execute(text("INSERT INTO t VALUES (0)"))
        with ThreadPoolExecutor(1) as pool:
            later = []

            def begin_another() -> None:
                later.append(pool.submit(add, other, was_read.set))
                was_read.wait(0.2)

            add(one, begin_another)
            later[0].result()
        with one.reading() as session:
            assert session.scalar(text("SELECT n FROM t")) == 2
