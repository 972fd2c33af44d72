"""Statements that differ between the databases, and the number of rows that one changed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import CursorResult, Executable, Table, func, select
from sqlalchemy.orm import DeclarativeBase, Session

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def changed(session: Session, statement: Executable) -> int:
    """Execute a statement and return the number of rows that it inserted, updated or deleted."""
    # Without the option a driver that returns keys says -1 here.
    result = session.execute(statement, execution_options={"preserve_rowcount": True})
    return cast(CursorResult[Any], result).rowcount


def take_turns(session: Session, act: str) -> None:
    """Lock acts of one name until the commit, so that none changes the rows that another counted.

    On SQLite one transaction writes at a time as it is.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(act))))


def put(
    session: Session,
    model: type[DeclarativeBase],
    key: Mapping[str, object],
    values: Mapping[str, object],
) -> None:
    """Store `values` in the row with this `key`, which is made where there is none."""
    row = upsert(session, model).values(**key, **values)
    session.execute(row.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def add_new(session: Session, model: type[DeclarativeBase], **values: object) -> bool:
    """Insert a row; return False where that would break a unique index, and nothing is inserted."""
    row = upsert(session, model).values(**values)
    return changed(session, row.on_conflict_do_nothing()) == 1


def upsert(session: Session, model: type[DeclarativeBase]) -> "sqlite.Insert | postgresql.Insert":
    """Return an INSERT into `model` with `on_conflict_…` methods."""
    return insert_into(model, session.get_bind().dialect.name)


def insert_into(
    table: type[DeclarativeBase] | Table, dialect: str
) -> "sqlite.Insert | postgresql.Insert":
    """Return an INSERT with `on_conflict_…` methods, of the class for this dialect.

    Only the class of this dialect is imported: PostgreSQL's takes 2 MiB of every process.
    """
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - 2 MiB

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415 - as above

    return sqlite.insert(table)
