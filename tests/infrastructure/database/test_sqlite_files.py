"""The files of an SQLite database."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from infrastructure.database.engine import Database
from infrastructure.database.sqlite import sqlite_files
from tests.support.tables import for_each


def test_changes_that_the_main_file_does_not_have_lie_in_the_wal(tmp_path: Path) -> None:
    path = str(tmp_path / "rollcall.sqlite3")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (n)")
        assert sqlite_files.has_wal(path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert not sqlite_files.has_wal(path)

    assert not sqlite_files.has_wal(path), "closed, it has none at all"


def test_no_other_user_may_open_a_new_database_or_hold_its_lock(tmp_path: Path) -> None:
    """It has keys of webhooks as they are; whoever may open its lock could stop every writer."""
    before = os.umask(0o022)
    try:
        with closing(Database(f"sqlite:///{tmp_path}/new.sqlite3")) as database:
            with database.begin() as session:
                session.execute(text("CREATE TABLE x (y)"))
            modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    beside = ("", "-wal", "-shm", ".lock", ".open")
    assert modes == {f"new.sqlite3{end}": 0o600 for end in beside}


def test_a_database_that_others_may_read_stays_as_its_admin_made_it(tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite3"
    file.touch(0o640)
    with closing(Database(f"sqlite:///{file}")) as database, database.begin() as session:
        session.execute(text("CREATE TABLE x (y)"))
    assert file.stat().st_mode & 0o777 == 0o640


@for_each(
    "url",
    [
        "sqlite:///rollcall.sqlite3",
        "sqlite:////var/lib/a%20b+c#1.sqlite3",
        "sqlite+pysqlite:////data/rollcall.sqlite3?timeout=5",
        "sqlite://",
    ],
)
def test_the_file_of_a_url_is_the_one_that_sqlalchemy_opens(url: str) -> None:
    assert sqlite_files.path_of(url) == make_url(url).database


def test_a_database_of_another_kind_is_no_file() -> None:
    assert sqlite_files.path_of("postgresql://rollcall@db/rollcall") is None
