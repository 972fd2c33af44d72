"""Any number of rows as one bound parameter, so that one statement writes them all."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    ColumnElement,
    FromClause,
    TableValuedAlias,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import TypeEngine


def texts_as_table(session: Session, texts: Sequence[str]) -> TableValuedAlias:
    """Return `texts` as a table with one column, `value`, all in one bound parameter."""
    return _table(session.get_bind().dialect.name, literal(json.dumps(texts), Text))


def given_as_table(dialect: str) -> TableValuedAlias:
    """The table of `texts_as_table` in a CompiledStatement, whose parameter `texts` is JSON."""
    return _table(dialect, bindparam("texts", type_=Text))


def _table(dialect: str, texts: ColumnElement[str]) -> TableValuedAlias:
    if dialect == "sqlite":
        return func.json_each(texts).table_valued("value")
    return func.json_array_elements_text(cast(texts, JSON)).table_valued("value")


def is_among(
    session: Session,
    texts: Sequence[str],
    attribute: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
) -> ColumnElement[bool]:
    """Return the condition that a column holds one of `texts`, all in one bound parameter.

    PostgreSQL gets an array, which it looks up in an index or in a hash. Of a table of rows it
    expects a hundred, and would compare each with every registration where those are new to it.
    """
    if session.get_bind().dialect.name == "sqlite":
        return attribute.in_(select(texts_as_table(session, texts).c.value))
    return attribute == any_(cast(list(texts), ARRAY(Text)))


def is_among_given(dialect: str, column: Column[str]) -> ColumnElement[bool]:
    """The condition of `is_among` in a CompiledStatement, whose parameter `texts` is `listed`."""
    if dialect == "sqlite":
        return column.in_(select(given_as_table(dialect).c.value))
    return column == any_(bindparam("texts", type_=ARRAY(Text)))


def listed(session: Session, texts: Sequence[str]) -> str | list[str]:
    """Return texts as the parameter of a statement with `is_among_given`."""
    return json.dumps(texts) if session.get_bind().dialect.name == "sqlite" else list(texts)


def rows_as_table(
    session: Session, rows: Sequence[Mapping[str, Any]], types: Mapping[str, TypeEngine[Any]]
) -> FromClause:
    """Return `rows` as a table named `given`, with a column for each of `types`.

    Values are texts, numbers, None, dicts for columns of JSON, and aware datetimes.
    """
    parameter = json.dumps([{name: row[name] for name in types} for row in rows], default=_stored)
    if session.get_bind().dialect.name == "sqlite":
        each = func.json_each(parameter).table_valued("value")
        values = [
            func.json_extract(each.c.value, f"$.{name}", type_=kind).label(name)
            for name, kind in types.items()
        ]
        return select(*values).subquery("given")
    columns = [column(name, kind) for name, kind in types.items()]
    rows_as_json = cast(literal(parameter, Text), JSON)
    return (
        func.json_to_recordset(rows_as_json)
        .table_valued(*columns)
        .render_derived(name="given", with_types=True)
    )


def _stored(value: object) -> str:
    """A moment as either database keeps it: in UTC, without a zone."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    raise TypeError(f"no value of a column: {value!r}")
