"""Processes that have an SQLite database open, and databases that were not closed."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from infrastructure.database.engine import Database
from infrastructure.database.sqlite import sqlite_files
from infrastructure.database.sqlite.occupants import BeingRestored, DatabaseInUse, Occupants
from infrastructure.database.sqlite.sqlite_files import DatabaseDamaged
from tests.support.databases.rows import fill


@pytest.fixture(scope="module")
def filled(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with something in it, of which each test has a copy."""
    path = tmp_path_factory.mktemp("filled") / "rollcall.sqlite3"
    shutil.copy(migrated_sqlite, path)
    with closing(Database(f"sqlite:///{path}")) as database, database.begin() as session:
        fill(session.connection())
    return path


@pytest.fixture
def path(filled: Path, tmp_path: Path) -> Path:
    """A database with a row in it, which no process has open."""
    (tmp_path / "database").mkdir()
    return Path(shutil.copy(filled, tmp_path / "database"))


@pytest.fixture(scope="module")
def killed(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as a process leaves it that is killed, of which each test has a copy."""
    path = Path(shutil.copy(filled, tmp_path_factory.mktemp("killed")))
    _killed(path)
    return path


@pytest.fixture
def left(killed: Path, tmp_path: Path) -> Path:
    """A database that a killed process has left."""
    return Path(shutil.copytree(killed.parent, tmp_path / "left"), killed.name)


@pytest.fixture
def server(path: Path) -> Iterator[Database]:
    """A process that has it open."""
    with closing(Database(f"sqlite:///{path}", "server")) as database:
        _write(database)
        yield database


def _write(database: Database) -> None:
    with database.begin() as session:
        session.execute(text("UPDATE counters SET last = last + 1"))


def _killed(path: Path) -> None:
    """Have a process write, and die before it closes anything."""

    def write() -> None:
        with Database(f"sqlite:///{path}", "server").begin() as session:
            session.execute(text("UPDATE looks SET at = '2026-01-01 00:00:00'"))

    _killed_after(write)


def _killed_after(work: Callable[[], object]) -> None:
    """Have a child do some work and die; it may not open an SQLite file that its parent has."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


def _beside(path: Path) -> set[str]:
    """The ends of the files beside the main one that hold anything."""
    beside = path.parent.glob(f"{path.name}-*")
    return {each.name.removeprefix(path.name) for each in beside if each.stat().st_size}


def test_the_last_one_to_close_leaves_one_file_that_is_whole(
    path: Path, server: Database, tmp_path: Path
) -> None:
    with closing(Database(f"sqlite:///{path}", "jobs")) as jobs:
        _write(jobs)
    assert _beside(path) == {"-wal", "-shm"}
    assert Path(f"{path}.open").read_text().count("file\t") == 1, "its numbers stand there once"
    server.close()

    assert _beside(path) == set()
    copy = tmp_path / "copy.sqlite3"
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as alone:
        assert alone.execute("SELECT min(last) FROM counters").fetchone()[0] > 2**31 - 3


def test_what_was_killed_is_closed_by_whoever_leaves_last(path: Path) -> None:
    """As the web server's own process does for its workers, which never had it open."""
    _killed(path)
    assert "-wal" in _beside(path)

    url = f"sqlite:///{path}"
    Occupants(sqlite_files.path_of(url) or "", "server").leave()

    assert _beside(path) == set()


def test_who_leaves_keeps_no_lock_and_no_open_file(path: Path) -> None:
    occupants = Occupants(str(path), "server")
    before = len([*Path("/dev/fd").iterdir()])
    occupants.enter()
    occupants.leave()

    assert len([*Path("/dev/fd").iterdir()]) == before
    with Occupants(str(path), "restore").alone():
        pass


def test_a_restore_is_alone_or_says_who_is_there(path: Path, server: Database) -> None:
    with (
        pytest.raises(DatabaseInUse, match="in use by: server on"),
        Occupants(str(path), "restore").alone(),
    ):
        pass
    server.close()

    with (
        Occupants(str(path), "restore").alone(),
        pytest.raises(BeingRestored),
        server.reading() as session,
    ):
        session.execute(text("SELECT 1"))
    _write(server)


@pytest.mark.postgresql
def test_another_name_of_the_file_is_the_same_database(
    path: Path, server: Database, tmp_path: Path
) -> None:
    link = tmp_path / "link.sqlite3"
    link.symlink_to(path)

    with pytest.raises(DatabaseInUse), Occupants(str(link), "restore").alone():
        pass


def test_who_has_closed_it_or_was_killed_is_not_named(path: Path, server: Database) -> None:
    with closing(Database(f"sqlite:///{path}", "jobs")) as jobs:
        _write(jobs)
    _killed_after(Occupants(str(path), "relay").enter)

    with pytest.raises(DatabaseInUse) as told, Occupants(str(path), "restore").alone():
        pass

    assert str(told.value).count(" on ") == 1


def test_a_process_is_named_also_behind_thousands_of_commands_that_have_ended(
    path: Path, server: Database
) -> None:
    command = Occupants(str(path), "a command")
    for _ in range(2000):
        command.enter()
        command.leave()

    with closing(Database(f"sqlite:///{path}", "jobs")) as jobs:
        _write(jobs)
        with (
            pytest.raises(DatabaseInUse, match=r"server on .* jobs on"),
            Occupants(str(path), "restore").alone(),
        ):
            pass


def test_a_file_that_was_exchanged_is_neither_written_to_nor_opened(
    path: Path, server: Database, filled: Path, tmp_path: Path
) -> None:
    former = path.rename(tmp_path / "former.sqlite3")
    url = f"sqlite:///{path}"

    def is_refused() -> bool:
        with pytest.raises(OperationalError, match="is not the file that Rollcall opened"):
            _write(server)
        with pytest.raises(OperationalError, match="is not the"), server.reading() as session:
            session.connection()  # a new one
        with closing(Database(url)) as other, pytest.raises(OperationalError, match="is not the"):
            _write(other)
        return True

    assert is_refused()
    shutil.copy(filled, path)
    assert is_refused()

    former.rename(path)
    _write(server)


def test_nothing_is_written_where_a_link_leads_to_another_file_by_now(
    path: Path, filled: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.sqlite3"
    link.symlink_to(path)
    with closing(Database(f"sqlite:///{link}", "server")) as server:
        _write(server)
        link.unlink()
        link.symlink_to(shutil.copy(filled, tmp_path / "other.sqlite3"))

        with pytest.raises(OperationalError, match="is not the file that Rollcall opened"):
            _write(server)


def test_the_log_of_an_exchanged_file_is_not_written_into_the_other_one(
    path: Path, filled: Path
) -> None:
    _killed(path)
    Path(shutil.copy(filled, path.with_name("new"))).replace(path)
    occupants = Occupants(str(path), "server")

    occupants.leave()
    with pytest.raises(sqlite3.OperationalError, match="is not the file"):
        occupants.enter()

    assert path.read_bytes() == filled.read_bytes()
    with Occupants(str(path), "restore").alone() as is_exchanged:
        assert is_exchanged
    with Occupants(str(path), "restore").alone() as is_exchanged:
        assert not is_exchanged


def test_a_file_without_the_log_of_another_one_is_opened(
    path: Path, filled: Path, server: Database
) -> None:
    """By who closed the former one, and after one was killed."""
    server.close()
    Path(shutil.copy(filled, path.with_name("new"))).replace(path)
    _write(server)
    server.close()

    _killed(path)
    Path(shutil.copy(filled, path.with_name("new"))).replace(path)
    Path(f"{path}-wal").unlink()
    with closing(Database(f"sqlite:///{path}")) as next_one:
        _write(next_one)


def test_one_that_was_not_closed_is_looked_at_and_goes_on_where_it_is_sound(left: Path) -> None:
    with closing(Database(f"sqlite:///{left}")) as next_one, next_one.reading() as session:
        [at] = session.execute(text("SELECT DISTINCT at FROM looks")).scalars()
    assert str(at).startswith("2026-01-01")


def _damage(path: Path) -> None:
    """Write over the middle of a file, as a copy on top of an open database would."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 8192))


def test_one_that_was_not_closed_and_is_damaged_is_told_each_time_and_left_alone(
    left: Path,
) -> None:
    _damage(left)
    wal = Path(f"{left}-wal").read_bytes()

    for _ in range(2):
        database = Database(f"sqlite:///{left}", "server")
        with pytest.raises(DatabaseDamaged, match=r"boot.sh restore FILE --replace"):
            _write(database)
        database.close()
    assert Path(f"{left}-wal").read_bytes() == wal


def test_a_file_that_is_no_database_at_all_is_told_too(left: Path) -> None:
    left.write_bytes(b"x" * 10_000)

    with closing(Database(f"sqlite:///{left}")) as database, pytest.raises(DatabaseDamaged):
        _write(database)
