"""The base of all tables: their types and the names of their constraints."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Dialect, Index, MetaData, String, Table, TypeDecorator, text
from sqlalchemy.orm import DeclarativeBase

from infrastructure.database.engine import Instant


class Facts(TypeDecorator[dict[str, Any]]):
    """The facts of one entry in a queue, a JSON object.

    Anything else, which a hand has written, is read as an empty one: its entry fails by itself. An
    error here would keep all entries behind it.
    """

    impl = JSON
    cache_ok = True

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], dict[str, Any]]:
        """Return the function that reads a value of the database."""
        read = super().result_processor(dialect, coltype)

        def facts(value: Any) -> dict[str, Any]:
            try:
                found = read(value) if read else value
            except (ValueError, RecursionError):
                found = None
            return found if isinstance(found, dict) else {}

        return facts


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
        datetime: Instant,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        str: String(255),
    }


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows for which `where` holds, on either database.

    The migrations make it on both. PostgreSQL's keyword is not said here, because SQLAlchemy
    would import its whole dialect for it: 2 MiB of every process.
    """
    return Index(name, *columns, unique=unique, sqlite_where=text(where))
