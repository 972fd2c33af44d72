"""Statements of frequent work: compiled once, executed by the driver itself.

Executing a small statement costs SQLAlchemy several times as much as the database. These few are
still written with SQLAlchemy, so that they follow the models and the dialect.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter, methodcaller
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

Value = TypeVar("Value")
Statement = Insert | Update | Select[*tuple[Any, ...]]


def directly(session: Session, sql: str, **options: Any) -> None:
    """Have the driver execute a statement without parameters. Raises DBAPIError.

    `options` are those of the driver.
    """
    _executed(session.connection(), sql, (), _ROWCOUNT, **options)


class CompiledStatement:
    """A statement with named parameters. `build` makes it for the dialect of that name.

    `columns` are those that an INSERT or an UPDATE sets from parameters of the same names.
    """

    def __init__(self, build: Callable[[str], Statement], *columns: str) -> None:
        self._build = build
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def execute(self, session: Session, **parameters: object) -> int:
        """Execute it in the transaction of `session`; returns the number of rows."""
        connection = session.connection()
        compiled = self._in(connection.dialect)
        return int(_executed(connection, compiled.sql, compiled.bound(parameters), _ROWCOUNT))

    def row(self, session: Session, **parameters: object) -> tuple[Any, ...] | None:
        """Execute it and return its first row, converted as the models say; None for no row."""
        connection = session.connection()
        compiled = self._in(connection.dialect)
        row = _executed(connection, compiled.sql, compiled.bound(parameters), _FIRST_ROW)
        return None if row is None else compiled.converted(row)

    def rows(self, session: Session, **parameters: object) -> list[tuple[Any, ...]]:
        """Execute it and return all its rows, converted as the models say."""
        connection = session.connection()
        compiled = self._in(connection.dialect)
        rows = _executed(connection, compiled.sql, compiled.bound(parameters), _ALL_ROWS)
        return [compiled.converted(row) for row in rows]

    def _in(self, dialect: Dialect) -> "_Compiled":
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = _Compiled(self._build(dialect.name), self._columns, dialect)
            self._compiled[dialect.name] = compiled
        return compiled


# Of a driver's cursor.
_ROWCOUNT = attrgetter("rowcount")
_FIRST_ROW, _ALL_ROWS = methodcaller("fetchone"), methodcaller("fetchall")


def _executed(
    connection: Connection,
    sql: str,
    parameters: Any,
    result: Callable[[Any], Value],
    **options: Any,
) -> Value:
    """Have the driver execute `sql`; returns the `result` of its cursor. Raises DBAPIError."""
    driver = connection.connection
    try:
        cursor = driver.cursor()  # a connection that was lost gives none
        cursor.execute(sql, parameters, **options)
        return result(cursor)
    except cast(type[Exception], connection.dialect.loaded_dbapi.Error) as error:
        raise _translated(connection, sql, error) from error


def _translated(connection: Connection, sql: str, error: Exception) -> Exception:
    """An error of the driver as SQLAlchemy would raise it, of the class of its kind.

    As there, a connection that is lost is given up, and so are those that wait in its pool: they
    were lost with it.
    """
    dialect, driver = connection.dialect, connection.connection.driver_connection
    is_lost = dialect.is_disconnect(cast(Any, error), driver, None)
    if is_lost:
        connection.invalidate(error)
        connection.engine.dispose()
    return DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        connection_invalidated=is_lost,
        dialect=dialect,
    )


class _Compiled:
    """A statement in one database's SQL, with the conversion of its values."""

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
