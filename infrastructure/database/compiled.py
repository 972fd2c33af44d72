"""Compiled statements for every Mac's call: compiled once, executed by the driver itself.

Executing a small statement costs SQLAlchemy several times what it costs the database. These few
are written in its language all the same, so that they follow the models and the dialect.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

Value = TypeVar("Value")
Statement = Insert | Update | Select[*tuple[Any, ...]]


def directly(session: Session, sql: str) -> None:
    """Have the driver execute a statement without parameters. Raises DBAPIError."""
    _cursor(session.connection(), sql, ())


class CompiledStatement:
    """A statement with named parameters. `build` makes it for the dialect of that name.

    `columns` are those that an INSERT or an UPDATE sets from parameters of the same names.
    """

    def __init__(self, build: Callable[[str], Statement], *columns: str) -> None:
        self._build = build
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def execute(self, session: Session, **parameters: object) -> int:
        """Execute it in the transaction of `session`; returns how many rows it touched."""
        cursor, _ = self._executed(session, parameters)
        return int(cursor.rowcount)

    def row(self, session: Session, **parameters: object) -> tuple[Any, ...] | None:
        """Execute it and return its first row, converted as the models say; None for no row."""
        cursor, compiled = self._executed(session, parameters)
        row = _translated(session.connection(), compiled.sql, cursor.fetchone)
        return None if row is None else compiled.converted(row)

    def _executed(
        self, session: Session, parameters: Mapping[str, object]
    ) -> tuple[Any, "_Compiled"]:
        connection = session.connection()
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = _Compiled(self._build(dialect.name), self._columns, dialect)
            self._compiled[dialect.name] = compiled
        return _cursor(connection, compiled.sql, compiled.bound(parameters)), compiled


def _cursor(connection: Connection, sql: str, parameters: Any) -> Any:
    """A cursor of the driver that has executed `sql`, its errors translated."""
    driver = connection.connection
    # A connection that was lost gives no cursor.
    cursor: Any = _translated(connection, sql, driver.cursor)
    _translated(connection, sql, lambda: cursor.execute(sql, parameters))
    return cursor


def _translated(connection: Connection, sql: str, work: Callable[[], Value]) -> Value:
    """Return what `work` returns, which the driver does. Raises DBAPIError for its errors."""
    try:
        return work()
    except cast(type[Exception], connection.dialect.loaded_dbapi.Error) as error:
        raise DBAPIError(sql, None, error) from error


class _Compiled:
    """A statement in one database's SQL, and how values get into and out of it."""

    def __init__(self, statement: Statement, columns: tuple[str, ...], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self.sql = str(compiled)
        self._positions = compiled.positiontup
        self._into = {
            name: convert
            for name, parameter in compiled.binds.items()
            if (convert := _impl(parameter.type, dialect).bind_processor(dialect))
        }
        self._out_of = [
            _impl(column.type, dialect).result_processor(dialect, None)
            for column in (statement.selected_columns if isinstance(statement, Select) else ())
        ]

    def bound(self, parameters: Mapping[str, object]) -> Any:
        """The parameters as this driver takes them."""
        values = {**parameters}
        for name, convert in self._into.items():
            values[name] = convert(values[name])
        return values if self._positions is None else [values[name] for name in self._positions]

    def converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """A row of the driver as Python's own values."""
        if not self._out_of:
            return tuple(row)
        return tuple(
            value if convert is None else convert(value)
            for value, convert in zip(row, self._out_of, strict=True)
        )


def _impl(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)
