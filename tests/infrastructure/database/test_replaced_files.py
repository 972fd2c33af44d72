"""A database file that another one replaces."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from infrastructure.database.sqlite.sqlite_files import put_in_place


def database(path: Path, row: str) -> None:
    """A database whose row stands in its WAL alone, as after a crash."""
    source = path.with_suffix(".source")
    with closing(sqlite3.connect(source, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE macs (serial)")
        connection.execute("INSERT INTO macs VALUES (?)", [row])
        for end in ("", "-wal"):
            shutil.copyfile(f"{source}{end}", f"{path}{end}")


def rows(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [serial for (serial,) in connection.execute("SELECT serial FROM macs")]


def test_a_replaced_database_is_kept_with_what_only_its_wal_had(tmp_path: Path) -> None:
    path, new, kept = (tmp_path / name for name in ("rollcall.sqlite3", "new", "kept"))
    database(path, "C02OLD")
    database(new, "C02NEW")
    assert rows(new) == ["C02NEW"]  # and closed, which leaves it without a WAL

    assert put_in_place(str(new), str(path), keep_as=str(kept))

    assert (rows(path), rows(kept)) == (["C02NEW"], ["C02OLD"])


def test_a_log_of_another_file_is_put_aside_and_not_written_into_the_one_that_is_kept(
    tmp_path: Path,
) -> None:
    path, new, kept = (tmp_path / name for name in ("rollcall.sqlite3", "new", "kept"))
    database(path, "C02OLD")
    database(new, "C02NEW")
    assert rows(new) == ["C02NEW"]
    log = Path(f"{path}-wal").read_bytes()
    Path(shutil.copy(new, tmp_path / "placed")).replace(path)

    assert put_in_place(str(new), str(path), keep_as=str(kept), has_other_wal=True)

    assert rows(kept) == ["C02NEW"]
    assert Path(f"{path}.former-wal").read_bytes() == log


def test_a_file_whose_former_one_left_no_log_is_replaced_too(tmp_path: Path) -> None:
    path, new = tmp_path / "rollcall.sqlite3", tmp_path / "new"
    for each, row in ((path, "C02OLD"), (new, "C02NEW")):
        database(each, row)
        assert rows(each) == [row]  # and closed, which leaves it without a WAL

    put_in_place(str(new), str(path), keep_as=None, has_other_wal=True)

    assert rows(path) == ["C02NEW"]
