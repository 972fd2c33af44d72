"""Rows with odd values for every table there is, of whatever columns it has."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, DateTime, Float, LargeBinary, null

from infrastructure.database.base import Flag, Whole
from infrastructure.database.engine import Database
from infrastructure.database.instants import Instant
from provisioning.maintenance.tables import Base
from provisioning.munki.manifests.packing import Packed

ROWS = 3
TEXT = "Zürich \N{HOT BEVERAGE} \N{DESKTOP COMPUTER}\u200b 'it''s' \"\\n\" \t\r\n %s {0}"
FACTS = {"nul": "\x00", "half": "\ud83d", "exact": 2**53 + 1, "list": [None, True, 1.5, {}]}


def columns_of(*kinds: type) -> list[Column[Any]]:
    """The columns of all tables that are of these types, but for keys."""
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, kinds) and not column.primary_key and not column.foreign_keys
    ]


def fill(connection: Connection) -> None:
    """Put ROWS rows into each table; those of one table refer to those of the others."""
    for table in Base.metadata.sorted_tables:
        rows = [
            {column.name: _value(column, number) for column in table.columns}
            for number in range(1, ROWS + 1)
        ]
        for row in rows:
            connection.execute(table.insert().values(row))


def lose(database: Database, table: str, *numbers: int) -> None:
    """Delete rows of a table in SQLite by their ids, though others name them, as a hand may."""
    with closing(sqlite3.connect(database.engine.url.database or "")) as connection, connection:
        for number in numbers:
            assert connection.execute(f'DELETE FROM "{table}" WHERE id = ?', [number]).rowcount


def _value(column: Column[Any], number: int) -> Any:
    if column.nullable and number == 1:
        return null()
    match column.type:
        case Whole():
            value: Any = number if column.primary_key or column.foreign_keys else 2**31 - number
        case Float():
            value = number + 0.1
        case DateTime() | Instant():
            value = datetime(2026, 3, 2, 12, 0, 0, number, tzinfo=UTC)
        case LargeBinary() | Packed():
            value = bytes(range(256)) * number
        case JSON():
            value = FACTS if number == ROWS else JSON.NULL if column.nullable else {}
        case Flag():
            value = number % 2 == 0
        case _:
            value = f"{number} {TEXT}"
    return value
