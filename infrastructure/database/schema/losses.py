"""Losses of a downgrade of the schema: rows, and values of removed columns."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from sqlalchemy import Connection, inspect, text

# What is in these is of no use later: a cursor begins again with its rows.
PASSING = {"alembic_version", "heartbeats", "mail_cursors", "webhook_cursors"}
DERIVED = "serial_parts"  # an index, and in SQLite the tables in which its extension keeps it
MAX_NAMED = 6  # of the tables and columns that would lose something

_Schema: TypeAlias = Mapping[str, Mapping[str, str | None]]
"""The columns of each table, with the SQL of their defaults."""


def of(connection: Connection, step: Callable[[], None]) -> Sequence[str]:
    """Return the losses of `step`, which is rolled back, as phrases such as `12 rows of drifts`.

    Needs a database whose changes of the schema can be undone, as those of SQLite and PostgreSQL
    can.
    """
    before = _schema(connection)
    rows = {table: _count(connection, table) for table in before}
    trial = connection.begin_nested()
    try:
        step()
        after = _schema(connection)
        left = {table: _count(connection, table) for table in after}
    finally:
        trial.rollback()
    lost = [
        f"{rows[table] - left.get(table, 0):,} rows of {table}"
        for table in before
        if left.get(table, 0) < rows[table]
    ]
    lost += [
        f"{number:,} values of {table}.{column}"
        for table in before.keys() & after.keys()
        for column in before[table].keys() - after[table].keys()
        if (number := _values(connection, table, column, before[table][column]))
    ]
    more = len(lost) - MAX_NAMED
    return [*sorted(lost)[:MAX_NAMED], *([f"and {more} more"] if more > 0 else [])]


def _schema(connection: Connection) -> _Schema:
    found = inspect(connection)
    return {
        table: {column["name"]: column.get("default") for column in found.get_columns(table)}
        for table in found.get_table_names()
        if table not in PASSING and not table.startswith(DERIVED)
    }


def _count(connection: Connection, table: str) -> int:
    return int(connection.scalar(text(f'SELECT count(*) FROM "{table}"')) or 0)  # noqa: S608 - ours


def _values(connection: Connection, table: str, column: str, default: str | None) -> int:
    """The number of values of a column that differ from its default."""
    condition = f'"{column}" IS NOT NULL'
    if default is not None:
        condition += f' AND "{column}" <> {default}'
    query = f'SELECT count(*) FROM "{table}" WHERE {condition}'  # noqa: S608 - names of ours
    return int(connection.scalar(text(query)) or 0)
