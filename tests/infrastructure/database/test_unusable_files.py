"""Files that are no SQLite database, or that may not be opened."""

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from infrastructure.database.engine import Database
from infrastructure.database.sqlite import sqlite_files


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    path.write_text("nothing of SQLite's\n" * 100)

    assert said_of(path) == (
        f"file is not a database {path}: ROLLCALL_DATABASE_URL has to name one, or a file that is "
        "not there yet"
    )


def said_of(path: Path) -> str:
    """The error of a database that cannot be opened."""
    with (
        closing(Database(f"sqlite:///{path}")) as database,
        pytest.raises(DatabaseError) as caught,
        database.reading() as session,
    ):
        session.execute(text("SELECT 1"))
    return str(caught.value.orig)


def test_what_is_no_file_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, what in ((tmp_path / "pipe", "a pipe, a socket or a device"), (tmp_path, "a folder")):
        assert said_of(path) == f"{path} is {what}, not a file"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    said = said_of(tmp_path / "nowhere" / "x.sqlite3")

    assert said == (
        f"unable to open database file {tmp_path}/nowhere/x.sqlite3: there is no folder "
        f"{tmp_path}/nowhere"
    )


def test_a_database_whose_folder_cannot_be_looked_into_any_more_is_told_as_one_of_the_database(
    tmp_path: Path,
) -> None:
    """Such as on a share that is gone; here it is no folder any more."""
    folder = tmp_path / "folder"
    folder.mkdir()
    database = Database(f"sqlite:///{folder}/x.sqlite3")
    with database.begin() as session:
        session.execute(text("SELECT 1"))
    folder.rename(tmp_path / "gone")
    folder.touch()

    with pytest.raises(DatabaseError, match="Not a directory"), database.reading() as session:
        session.connection()
    database.close()
    said = said_of(folder / "x.sqlite3")
    assert said.startswith(f"unable to open database file {folder}/x.sqlite3: there is no folder")


def test_a_file_that_may_not_be_written_is_named_with_who_has_to(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE x (y)")
    path.chmod(0o444)
    with (
        closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection,
        pytest.raises(sqlite3.OperationalError) as caught,
    ):
        connection.execute("CREATE TABLE z (y)")

    error = sqlite_files.explained(caught.value, str(path))

    assert str(error) == (
        f"attempt to write a readonly database {path}: user {os.geteuid()} has to be able to "
        "write it and in its folder"
    )
    assert error.sqlite_errorcode == sqlite3.SQLITE_READONLY
    busy = sqlite3.OperationalError("database is locked")
    assert sqlite_files.explained(busy, str(path)) is busy


def test_a_file_beside_it_that_may_not_be_opened_is_named_with_who_has_to() -> None:
    error = PermissionError(errno.EACCES, "Permission denied", "/data/x.sqlite3.open")
    full = OSError(errno.ENOSPC, "No space left on device", "/data/x.sqlite3.open")

    assert str(sqlite_files.of_system(error)) == (
        f"Permission denied (/data/x.sqlite3.open): user {os.geteuid()} has to be able to write "
        "there"
    )
    assert str(sqlite_files.of_system(full)) == "No space left on device (/data/x.sqlite3.open)"
    while_writing = OSError(errno.ENOSPC, "No space left on device")
    assert str(sqlite_files.of_system(while_writing)) == "No space left on device"


def test_closing_it_hides_no_error_where_the_file_beside_it_may_not_be_opened(
    tmp_path: Path,
) -> None:
    (tmp_path / "x.sqlite3.open").mkdir()  # as root, who runs these tests, may open all files

    assert "Is a directory" in said_of(tmp_path / "x.sqlite3")
