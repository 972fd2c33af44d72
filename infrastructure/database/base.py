"""The base of all tables: their types and the names of their constraints."""

from collections.abc import Callable
from datetime import datetime
from types import NoneType
from typing import Annotated, Any, ClassVar, cast

from sqlalchemy import (
    JSON,
    Boolean,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    text,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.sql.operators import OperatorType

from infrastructure.database.instants import Instant


class Json(TypeDecorator[Any]):
    """A JSON value of one of `kinds`, Python's; a list may be of items of one kind alone.

    Any other value, which a hand has written, is read as `otherwise()`: an error here would keep
    all rows that are read with its own. For what gives rights, that must be nothing.
    """

    impl = JSON
    cache_ok = True

    def __init__(
        self, *kinds: type, otherwise: Callable[[], Any], items: type | None = None
    ) -> None:
        super().__init__()
        self.kinds, self.otherwise, self.items = kinds, otherwise, items

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> Any:
        """Return the type of what a value is compared with, as JSON has it."""
        return self.impl_instance.coerce_compared_value(op, value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Return the function that reads a value of the database."""
        read = super().result_processor(dialect, coltype)
        kinds, otherwise, items = self.kinds, self.otherwise, self.items

        def tolerant(value: Any) -> Any:
            try:
                found = read(value) if read else value
            except (ValueError, TypeError, RecursionError):
                return otherwise()
            is_fit = isinstance(found, kinds)
            if is_fit and items and found:
                is_fit = all(isinstance(each, items) for each in cast(list[Any], found))
            return found if is_fit else otherwise()

        return tolerant


class Whole(TypeDecorator[int]):
    """A whole number.

    SQLite keeps any value in any column. One that is no number, which a hand has written, is read
    as `otherwise`: 0 is the number of no row and of nothing.
    """

    impl = Integer
    cache_ok = True

    def __init__(self, otherwise: int = 0) -> None:
        super().__init__()
        self.otherwise = otherwise

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], int | None] | None:
        """Return the function that reads a value of SQLite; None for other databases."""
        otherwise = self.otherwise

        def tolerant(value: Any) -> int | None:
            return value if value is None or type(value) is int else otherwise

        return tolerant if dialect.name == "sqlite" else None


class Flag(TypeDecorator[bool]):
    """True or False; in SQLite any value that is not 1, which a hand has written, is False."""

    impl = Boolean
    cache_ok = True

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], bool | None] | None:
        """Return the function that reads a value of SQLite; None for other databases."""
        return _flag if dialect.name == "sqlite" else None


def _flag(value: Any) -> bool | None:
    return None if value is None else value == 1


BEHIND_ALL = 2**62
Mark = Annotated[int, mapped_column(Whole(otherwise=BEHIND_ALL))]
"""A mark in a table, up to which rows were handed on; unreadable, all were: none is twice."""

OptionalFacts = Annotated[
    dict[str, Any] | None, mapped_column(Json(dict, NoneType, otherwise=NoneType))
]
"""A JSON object or nothing, as which one that cannot be read is read."""

NOBODY = ("",)  # a list of names that nothing has


def texts_or_nobody() -> Json:
    """A list of names of which an empty one means all: unreadable, it means nothing."""
    return Json(list, otherwise=lambda: [*NOBODY], items=str)


class Base(DeclarativeBase):
    """The base of all tables; constraints have the same names on every database."""

    __table__: ClassVar[Table]  # the mapped classes all have one

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        bool: Flag,
        datetime: Instant,
        int: Whole,
        dict[str, Any]: Json(dict, otherwise=dict),
        list[Any]: Json(list, otherwise=list),
        str: String(255),
    }


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows for which `where` holds, on either database.

    The migrations make it on both. PostgreSQL's keyword is not said here, because SQLAlchemy
    would import its whole dialect for it: 2 MiB of every process.
    """
    return Index(name, *columns, unique=unique, sqlite_where=text(where))
