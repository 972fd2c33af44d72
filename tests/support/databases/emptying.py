"""Databases that serve one test after another, each finding them as the migrations leave them."""

import shutil
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
    """An SQLite file in `folder` that is a copy of the migrated one."""

    def __init__(self, migrated: Path, folder: Path) -> None:
        self._migrated = migrated
        self._file = folder / "rollcall.sqlite3"
        self.url = f"sqlite:///{self._file}"

    def empty(self) -> None:
        """Put a fresh copy there, and leave none of the files beside it."""
        for old in self._file.parent.iterdir():
            old.unlink()
        shutil.copy(self._migrated, self._file)
