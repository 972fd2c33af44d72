"""Databases that serve one test after another, each finding them as the migrations leave them."""

import shutil
import sqlite3
from pathlib import Path
from typing import Protocol

import psycopg

SMALL = 64 * 1024  # bytes of what deleted rows left in a table, from which on they are cleared away
TABLES = (
    "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relkind = 'r' "
    "AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"
)
OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
)
# Without those in which an index of texts, which is a virtual table, keeps what it knows.
SQLITE_TABLES = (
    "SELECT name, type FROM pragma_table_list WHERE schema = 'main' "
    "AND type IN ('table', 'virtual') AND name NOT IN ('alembic_version', 'sqlite_schema')"
)
EMPTIED = {"table": "DELETE FROM {0}", "virtual": "INSERT INTO {0}({0}) VALUES ('delete-all')"}
WRITTEN_BACK = "PRAGMA wal_checkpoint(TRUNCATE)"
IDS = "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence"


class Emptied(Protocol):
    """A migrated database."""

    url: str

    def empty(self) -> None:
        """Make it as the migrations left it."""


class EmptiedPostgresql:
    """A migrated PostgreSQL database at `url`, with a connection kept to empty it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection = psycopg.connect(url, autocommit=True)
        # Rows are deleted in any order: foreign keys are looked after by triggers.
        self._connection.execute("SET session_replication_role = replica")
        self._tables = set(self._sizes())

    def empty(self) -> None:
        """Leave no row, count ids from 1 again, and end whatever transaction is still open.

        Raises RuntimeError where a table has come or gone.
        """
        self._connection.execute(OTHERS)
        sizes = self._sizes()
        if set(sizes) != self._tables:
            raise RuntimeError("A test changed the schema: give it `own_postgresql` instead.")
        # To truncate them would cost thirty times as much, and every connection what it knows.
        self._connection.execute("; ".join(f"DELETE FROM {name}" for name in sizes))
        self._connection.execute(IDS)
        for name, size in sizes.items():
            if size > SMALL:
                self._connection.execute(f"VACUUM {name}")

    def _sizes(self) -> dict[str, int]:
        """Its tables, and how many bytes of rows each has."""
        return dict(self._connection.execute(TABLES).fetchall())

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()


class EmptiedSqlite:
    """A copy of the migrated SQLite file in `folder`, with a connection kept to empty it.

    Whoever has it open keeps its connections: to open one, and to read the schema with it, takes
    longer than most tests do with the database.
    """

    def __init__(self, migrated: Path, folder: Path) -> None:
        self._migrated, self._folder = migrated, folder
        self._copies = 0
        self._copy()

    def empty(self) -> None:
        """Leave no row, and count ids from 1 again; in another copy where that cannot be."""
        try:
            is_as_it_was = self._state() == self._first_state
            if is_as_it_was and (filled := self._connection.execute(self._filled).fetchall()):
                emptied = "; ".join(EMPTIED[kind].format(name) for name, kind in filled)
                script = f"BEGIN IMMEDIATE; {emptied}; COMMIT; {WRITTEN_BACK}"
                self._connection.executescript(script)
        except (sqlite3.Error, OSError):  # a test has it locked, or broke it
            is_as_it_was = False
        if not is_as_it_was:
            self.close()
            self._copy()

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    def _copy(self) -> None:
        self._copies += 1
        self._file = self._folder / f"rollcall-{self._copies}.sqlite3"
        shutil.copy(self._migrated, self._file)
        self.url = f"sqlite:///{self._file}"
        self._connection = sqlite3.connect(self._file, timeout=0.1, isolation_level=None)
        tables = self._connection.execute(SQLITE_TABLES).fetchall()
        self._filled = " UNION ALL ".join(
            f"SELECT '{name}', '{kind}' WHERE EXISTS (SELECT 1 FROM {name})"
            for name, kind in tables
        )
        self._first_state = self._state()

    def _state(self) -> tuple[object, ...]:
        """The version of its schema, and the files around it that are not the database's own."""
        own = {f"{self._file.name}{end}" for end in ("", "-wal", "-shm", ".lock", ".open")}
        others = {each.name for each in self._folder.glob(f"{self._file.name}*")} - own
        [version] = self._connection.execute("PRAGMA schema_version").fetchone()
        return version, self._file.stat().st_ino, frozenset(others)


class FreshSqlite:
    """An SQLite file in `folder` that nobody has open, a copy of the migrated one."""

    def __init__(self, migrated: Path, folder: Path) -> None:
        self._migrated = migrated
        self._file = folder / "rollcall.sqlite3"
        self.url = f"sqlite:///{self._file}"

    def empty(self) -> None:
        """Put a fresh copy there, and leave none of the files beside it."""
        for old in self._file.parent.iterdir():
            old.unlink()
        shutil.copy(self._migrated, self._file)
