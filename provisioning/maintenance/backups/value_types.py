"""The kinds of values in a backup, the same for every kind of database."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    create_engine,
    inspect,
)

from infrastructure.database.schema import migrations, versions
from provisioning.maintenance.tables import Base

Row = Sequence[Any]

# Text of JSON is kept letter by letter: databases differ in what they make of it.
INTEGER, NUMBER, TEXT, BOOLEAN = "integer", "number", "text", "boolean"
MOMENT, BYTES, JSON_TEXT = "moment", "bytes", "json"
_OF_TYPES = {
    Boolean: BOOLEAN,
    Integer: INTEGER,
    Float: NUMBER,
    JSON: JSON_TEXT,
    DateTime: MOMENT,
    LargeBinary: BYTES,
    String: TEXT,
}
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


def tables(connection: Connection) -> list[Table]:
    """Our tables as the database has them, those that others refer to first.

    Each with its columns and its primary key alone: SQLAlchemy would take three times as long to
    reflect the rest.
    """
    present = inspect(connection)
    in_order = [name for name, _ in present.get_sorted_table_and_fkc_names()]
    names = [name for name in in_order if name and name in Base.metadata.tables]
    columns = present.get_multi_columns(filter_names=names)
    keys = present.get_multi_pk_constraint(filter_names=names)
    ours = MetaData()
    return [
        Table(
            name,
            ours,
            *(Column(column["name"], column["type"]) for column in columns[None, name]),
            PrimaryKeyConstraint(*keys[None, name]["constrained_columns"]),
        )
        for name in names
    ]


@dataclass(frozen=True, slots=True)
class ChangesByHand:
    """Differences from the schema: tables and columns that are missing, and columns added."""

    missing: Sequence[str]
    added: Sequence[str]


def changes_by_hand(connection: Connection, revision: str) -> ChangesByHand:
    """Return what a hand has changed in our tables; nothing for a `revision` that is not ours."""
    if not migrations.knows(revision):
        return ChangesByHand((), ())
    present = {table.name: _names(table) for table in tables(connection)}
    is_newest = revision == versions.REVISION
    whole = Base.metadata.tables.values() if is_newest else _tables_at(revision)
    expected = {table.name: _names(table) for table in whole}
    missing = [f"the table {name}" for name in expected.keys() - present.keys()]
    added = []
    for name in expected.keys() & present.keys():
        missing += [f"the column {name}.{each}" for each in expected[name] - present[name]]
        added += [f"{name}.{each}" for each in present[name] - expected[name]]
    return ChangesByHand(sorted(missing), sorted(added))


def _tables_at(revision: str) -> list[Table]:
    """Our tables as the migrations up to an older revision make them in an empty database."""
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            migrations.bring_to(connection, revision)
            return tables(connection)
    finally:
        engine.dispose()


def _names(table: Table) -> set[str]:
    return {column.name for column in table.columns}


def kind(column: Column[Any]) -> str:
    """The kind of a column's values. Raises TypeError for one that backups cannot hold."""
    for type_, name in _OF_TYPES.items():
        if isinstance(column.type, type_):
            return name
    raise TypeError(f"{column} has a type that a backup does not know: {column.type!r}")


def is_known(name: object) -> bool:
    """Return True if a backup can have values of the type of this name."""
    return name in _OF_TYPES.values()


def _integer(value: object) -> int:
    if type(value) is not int or not _SMALLEST <= value <= _LARGEST:
        raise ValueError("not an integer")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")
    return float(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is not None:
        raise ValueError("a moment with a time zone")
    return moment


def _bytes(value: object) -> bytes:
    return base64.b64decode(_text(value), validate=True)


def _json(value: object) -> str:
    json.loads(_text(value))
    return str(value)


_LOADS: Mapping[str, Callable[[Any], Any]] = {
    INTEGER: _integer,
    NUMBER: _number,
    TEXT: _text,
    BOOLEAN: _boolean,
    MOMENT: _moment,
    BYTES: _bytes,
    JSON_TEXT: _json,
}
_DUMPS: Mapping[str, Callable[[Any], str]] = {
    MOMENT: datetime.isoformat,
    BYTES: lambda value: base64.b64encode(value).decode(),
}


def dumping(kinds: Sequence[str]) -> Callable[[Row], list[Any]]:
    """Return the function that turns a row of values of these kinds into one that JSON can hold."""
    special = [(place, _DUMPS[name]) for place, name in enumerate(kinds) if name in _DUMPS]

    def dumped(row: Row) -> list[Any]:
        values = list(row)
        for place, dump in special:
            if values[place] is not None:
                values[place] = dump(values[place])
        return values

    return dumped


def loading(kinds: Sequence[str]) -> Callable[[Row], list[Any]]:
    """Return the function that reverses `dumping`; each value may be None.

    It raises ValueError for a value of another kind.
    """
    loads = [_LOADS[name] for name in kinds]

    def loaded(row: Row) -> list[Any]:
        pairs = zip(loads, row, strict=True)
        return [None if value is None else load(value) for load, value in pairs]

    return loaded
