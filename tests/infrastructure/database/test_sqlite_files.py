"""The files of an SQLite database."""

import sqlite3
from contextlib import closing
from pathlib import Path

from infrastructure.database.sqlite import sqlite_files


def test_changes_that_the_main_file_does_not_have_lie_in_the_wal(tmp_path: Path) -> None:
    path = str(tmp_path / "rollcall.sqlite3")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (n)")
        assert sqlite_files.has_wal(path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert not sqlite_files.has_wal(path)

    assert not sqlite_files.has_wal(path), "closed, it has none at all"
