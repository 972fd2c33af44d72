"""The taking of a backup: all tables of one moment, while others read and write."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Column, ColumnElement, Connection, Text, cast, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations, versions
from infrastructure.errors import RollcallError
from provisioning.maintenance.backups import archives, destinations, value_types
from provisioning.maintenance.backups.archives import (
    Archive,
    Header,
    Rows,
    TableSection,
    UnusableBackup,
)

ROWS_AT_ONCE = 100  # in memory; one of them may hold a manifest twice, or a picture


class NothingToBackUp(RollcallError):
    """A database that does not exist, or that a newer Rollcall has changed."""


class IncompleteDatabase(RollcallError):
    """A database that lacks tables or columns, so that its backup could not be restored."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(
            f"The database lacks {', '.join(missing)}, and a backup without that could not be "
            "restored: nothing was written. Bring it back, or restore an earlier backup."
        )


@dataclass(frozen=True, slots=True)
class BackupSize:
    """A backup that was written: the numbers of rows of each table, and of bytes.

    `left_out` are the columns that a hand has added, by which no backup could be restored.
    """

    header: Header
    counts: dict[str, int]
    size: int
    left_out: Sequence[str]


def refuse_missing(url: str) -> None:
    """Raise NothingToBackUp where there is no SQLite file: opening it would create one."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite" and not Path(str(target.database)).exists():
        raise NothingToBackUp(
            f"There is no database {target.database}: does ROLLCALL_DATABASE_URL say where it is?"
        )


def take(database: Database, file: IO[bytes]) -> BackupSize:
    """Write a backup of a database into `file`.

    Raises NothingToBackUp, IncompleteDatabase and OSError.
    """
    counted = _Counted(file)
    at = datetime.now(UTC)  # what was not shown in Slack by now may be shown from now on
    with database.snapshot() as connection:
        header = Header(_revision(connection), connection.dialect.name, at)
        changes = value_types.changes_by_hand(connection, header.revision)
        if changes.missing:
            raise IncompleteDatabase(changes.missing)
        counts = archives.write(counted, header, _tables(connection, changes.added))
    file.flush()
    return BackupSize(header, counts, counted.size, changes.added)


def take_to_file(database: Database, path: str) -> BackupSize:
    """Write a backup of a database to `path`, and read it back before it has that name.

    It replaces a backup; for any other file it raises UnusableFile. Raises what `take` raises.
    """
    with destinations.opened(Path(path)) as new_path:
        with open(new_path, "wb", closefd=False) as file:
            taken = take(database, file)
            os.fsync(new_path)
        os.lseek(new_path, 0, os.SEEK_SET)
        with open(new_path, "rb", closefd=False) as file:
            _read_back(file, taken)
    return taken


def _revision(connection: Connection) -> str:
    revision = versions.current(Session(connection))
    if not revision:
        raise NothingToBackUp(
            "The database has no tables of Rollcall: there is nothing to back up."
        )
    if not migrations.knows(revision):
        raise NothingToBackUp(
            f"A newer Rollcall has changed the database (its schema is {revision}): back it up "
            "with that one."
        )
    return revision


def _tables(connection: Connection, left_out: Sequence[str]) -> Iterator[Rows]:
    batch = {"yield_per": ROWS_AT_ONCE}
    for table in value_types.tables(connection):
        ours = [column for column in table.columns if str(column) not in left_out]
        columns = {str(column.name): value_types.kind(column) for column in ours}
        query = select(*map(_read, ours)).order_by(*table.primary_key.columns)
        yield (
            TableSection(str(table.name), columns),
            map(tuple, connection.execute(query, execution_options=batch)),
        )


def _read(column: Column[Any]) -> ColumnElement[Any]:
    return cast(column, Text) if value_types.kind(column) == value_types.JSON_TEXT else column


def _read_back(file: IO[bytes], taken: BackupSize) -> None:
    archive = Archive(file)
    for _, rows in archive.sections():
        for _ in rows:
            pass
    if archive.counts != taken.counts or archive.header != taken.header:
        raise UnusableBackup("The backup is not what was written: is the disk sound?")


class _Counted:
    """A file that is only written, with the number of bytes written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = 0

    def write(self, content: Any) -> int:
        """Write all of `content`."""
        self.size += len(content)
        return self._file.write(content)

    def flush(self) -> None:
        """Flush the buffers."""
        self._file.flush()
