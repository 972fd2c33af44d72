"""Pages of an SQLite file that deleted rows leave."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from infrastructure.database.engine import Database
from infrastructure.database.sqlite import sqlite_files
from infrastructure.database.sqlite.sqlite_files import STEP, FilePages

ROWS = 1200  # of a page each


def fill_and_empty(database: Database) -> None:
    """Leave a database with more free pages than two steps give back."""
    with database.begin() as session:
        session.execute(text("CREATE TABLE filled (content BLOB)"))
        for _ in range(ROWS):
            session.execute(text("INSERT INTO filled VALUES (zeroblob(4000))"))
    with database.begin() as session:
        session.execute(text("DELETE FROM filled WHERE rowid > 100"))


def pages(database: Database) -> FilePages:
    with database.reading() as session:
        found = FilePages.of(session)
    assert found is not None
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rollcall.sqlite3"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    """A new database, which Rollcall makes."""
    with closing(Database(f"sqlite:///{file}")) as database:
        yield database


def test_a_new_file_gives_them_back_step_by_step(database: Database, file: Path) -> None:
    fill_and_empty(database)
    before = pages(database)

    steps: list[int] = []
    while not steps or steps[-1]:
        with database.begin() as session:
            steps.append(sqlite_files.give_back(session))

    after = pages(database)
    assert steps[:2] == [STEP, STEP]
    assert sum(steps) > 900
    assert 0 <= before.total - after.total - sum(steps) < 3  # the file has a map of its pages
    assert 0 < after.free <= after.total // 5  # some stay for the next rows
    database.close()
    assert file.stat().st_size == after.total * after.size


def test_a_file_of_an_earlier_release_stays_as_large_as_it_is(
    database: Database, file: Path
) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE made_before (id INTEGER)")
    fill_and_empty(database)

    with database.begin() as session:
        assert sqlite_files.give_back(session) == 0

    assert not pages(database).can_shrink


@pytest.mark.postgresql
def test_another_database_has_none(database_url: str) -> None:
    with closing(Database(database_url)) as database, database.begin() as session:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        assert (FilePages.of(session) is None) != is_sqlite
        assert sqlite_files.give_back(session) == 0
