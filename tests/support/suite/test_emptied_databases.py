"""Databases that one test after another finds empty."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from infrastructure.database.engine import Database
from provisioning.registrations.serial_index import INDEX
from tests.support.databases.emptying import EmptiedSqlite
from tests.support.databases.rows import fill


@pytest.fixture
def emptied(migrated_sqlite: Path, tmp_path: Path) -> Iterator[EmptiedSqlite]:
    with closing(EmptiedSqlite(migrated_sqlite, tmp_path)) as emptied:
        yield emptied


def test_no_row_and_no_entry_of_an_index_is_left_to_who_has_it_open(emptied: EmptiedSqlite) -> None:
    with closing(Database(emptied.url)) as database:
        with database.begin() as session:
            fill(session.connection())
            session.execute(insert(INDEX), {"rowid": 1, "serial": "C02AAA"})
        url = emptied.url
        emptied.empty()

        assert emptied.url == url
        with database.reading() as session:
            left = "SELECT count(*) FROM {}"
            found = "SELECT count(*) FROM serial_parts WHERE serial_parts MATCH 'C02'"
            for query in (left.format("registrations"), left.format("events"), found):
                assert session.scalar(text(query)) == 0


def lock(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript("BEGIN IMMEDIATE; INSERT INTO counters VALUES ('x', 1)")
    return connection


def change(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("CREATE TABLE other (x)")
    return connection


def spoil(file: Path) -> sqlite3.Connection:
    file.with_name(f"{file.name}.before-restore").touch()
    connection = sqlite3.connect(file)
    file.unlink()
    return connection


@pytest.mark.parametrize("harm", [lock, change, spoil])
def test_one_that_cannot_be_emptied_is_left_alone_and_another_one_comes(
    emptied: EmptiedSqlite, harm: Callable[[Path], sqlite3.Connection]
) -> None:
    before = emptied.url
    with closing(sqlite3.connect(before.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("INSERT INTO counters VALUES ('y', 1)")
    with closing(harm(Path(before.removeprefix("sqlite:///")))):
        emptied.empty()

    assert emptied.url != before
    with closing(Database(emptied.url)) as database, database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM counters")) == 0
