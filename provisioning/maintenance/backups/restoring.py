"""The restoring of a backup into either kind of database, completely or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import IO, Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    text,
)
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from infrastructure.database.schema import migrations
from infrastructure.errors import first_line
from infrastructure.heartbeats.models import Heartbeat
from provisioning.access.accounts import open_sessions
from provisioning.maintenance.backups import targets, value_types
from provisioning.maintenance.backups.archives import Archive, Header, TableSection, UnusableBackup
from provisioning.maintenance.backups.taking import ROWS_AT_ONCE
from provisioning.maintenance.backups.value_types import Row
from provisioning.maintenance.models import Restore
from provisioning.outbox import claims

NUL, NO_NUL = "\x00", "\N{REPLACEMENT CHARACTER}"  # PostgreSQL has no NUL in a text


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that is in the database now.

    `doubtful` counts the messages that may have been sent to Slack since it was taken;
    `without_nul` the rows in which a NUL became U+FFFD; `kept_as` is the file of the former data.
    """

    header: Header
    counts: Mapping[str, int]
    doubtful: int
    without_nul: int
    kept_as: str | None


def restore(url: str, file: IO[bytes], *, replace: bool) -> Restored:
    """Replace the database at `url` by the backup in `file`.

    Needs `replace` where registrations or keys would be lost. Changes nothing where it raises:
    UnusableBackup, Occupied, DatabaseInUse, OSError or SQLAlchemyError.
    """
    archive = Archive(file)
    revision = archive.header.revision
    if not migrations.knows(revision):
        raise UnusableBackup(
            f"The backup was made by a newer Rollcall (its schema is {revision[:32]!r}): restore "
            "it with that one."
        )
    with targets.emptied(url, revision, replace=replace) as target:
        migrations.bring_to(target.connection, revision)
        filling = Filling(target.connection)
        filling.fill(archive)
        migrations.bring_to(target.connection, migrations.HEAD)
        doubtful = _settle(target.connection, archive.header)
    return Restored(archive.header, archive.counts, doubtful, filling.without_nul, target.kept_as)


def _settle(connection: Connection, header: Header) -> int:
    """Record the restore in the database; returns the number of messages in doubt."""
    with Session(connection) as session:
        session.execute(delete(Heartbeat))  # of processes that ran when the backup was taken
        now = datetime.now(UTC)
        open_sessions.end_all(session, now)  # some were ended since the backup was taken
        session.add(Restore(taken_at=header.taken_at, restored_at=now))
        doubtful = claims.put_all_in_doubt(session, header.taken_at, now)
        session.flush()
    return doubtful


def _count_on(connection: Connection, tables: Iterable[Table]) -> None:
    """Set PostgreSQL's sequences to follow the present ids."""
    for table in tables:
        for column in table.primary_key.columns:
            owner = {"table": f'"{table.name}"', "column": column.name}
            sequence = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"), owner
            )
            if sequence:
                newest = connection.scalar(func.max(column).select())
                place = {"sequence": sequence, "value": newest or 1, "used": newest is not None}
                connection.execute(text("SELECT setval(:sequence, :value, :used)"), place)


class Filling:
    """A filler of a database's empty tables with the rows of a backup."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._has_nul = connection.dialect.name != "postgresql"
        self.without_nul = 0

    def fill(self, archive: Archive) -> None:
        """Fill all tables. Raises UnusableBackup."""
        tables = value_types.tables(self._connection)
        left = {table.name: table for table in tables}
        for section, rows in archive.sections():
            table = left.pop(section.table, None)
            if table is None:
                raise UnusableBackup(
                    f"It has a table {section.table[:80]!r}, which Rollcall has not: it is of "
                    "another program, or damaged."
                )
            _compare(table, section)
            try:
                self._fill(table, section, rows)
            except (IntegrityError, DataError) as error:
                reason = first_line(error.orig or error)
                raise UnusableBackup(
                    f"A row of the table {table.name!r} cannot be stored here: {reason}"
                ) from error
        if left:
            raise UnusableBackup(f"It is damaged: it has no table {min(left)!r}.")
        if self._connection.dialect.name == "postgresql":
            _count_on(self._connection, tables)

    def _fill(self, table: Table, section: TableSection, rows: Iterable[Row]) -> None:
        columns = [table.columns[name] for name in section.columns]
        dialect = self._connection.dialect.name
        values = {column.name: _placed(column, dialect) for column in columns}
        statement = insert(table).inline().values(values)
        names = [_parameter(column) for column in columns]
        coming = iter(rows if self._has_nul else map(self._without_nul, rows))
        while some := list(islice(coming, ROWS_AT_ONCE)):
            self._connection.execute(
                statement, [dict(zip(names, row, strict=True)) for row in some]
            )

    def _without_nul(self, row: Row) -> Row:
        if not any(isinstance(value, str) and NUL in value for value in row):
            return row
        self.without_nul += 1
        return [value.replace(NUL, NO_NUL) if isinstance(value, str) else value for value in row]


def _compare(table: Table, section: TableSection) -> None:
    """Raise UnusableBackup for a table that differs from the schema of its revision."""
    expected = {column.name: value_types.kind(column) for column in table.columns}
    if dict(section.columns) != expected:
        odd = sorted(set(section.columns.items()) ^ set(expected.items()))
        raise UnusableBackup(
            f"It is damaged: the column {odd[0][0][:80]!r} of the table {table.name!r} is not as "
            "its revision has it."
        )


def _parameter(column: Column[Any]) -> str:
    return f"new_{column.name}"  # a column's own name would be taken for its default value


def _placed(column: Column[Any], dialect: str) -> ColumnElement[Any]:
    """The parameter for a column; JSON is written as the text that it was."""
    if value_types.kind(column) != value_types.JSON_TEXT:
        return bindparam(_parameter(column), type_=column.type)
    value = bindparam(_parameter(column), type_=Text)
    return cast(value, JSON) if dialect == "postgresql" else value
