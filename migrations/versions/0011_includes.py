"""The includes of a Mac's manifest that Rollcall wrote, kept with its registration.

And the destination that a Mac's name was made for, as two names: both may have a `/` from now on.

Revision ID: 0011
Revises: 0010
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PAGE = 1000  # registrations

REGISTRATIONS = sa.table(
    "registrations",
    sa.column("id", sa.Integer),
    sa.column("confirmed_at", sa.DateTime),
    sa.column("includes", sa.JSON),
    sa.column("named_for", sa.String),
)
EVENTS = sa.table(
    "events",
    sa.column("id", sa.Integer),
    sa.column("registration_id", sa.Integer),
    sa.column("what", sa.String),
    sa.column("before", sa.JSON),
    sa.column("after", sa.JSON),
)


def upgrade() -> None:
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("includes", sa.JSON(), nullable=True))
    last: int | None = 0
    while last is not None:
        last = _fill_page(op.get_bind(), last)
    _separate_names(op.get_bind(), "/", "\n")


def _fill_page(connection: sa.Connection, after_id: int) -> int | None:
    """Fill in what the last confirmations wrote; returns the last id of the page, None: no more.

    It is that of the only layout there was: the registration itself may have moved since.
    """
    earlier = EVENTS.alias()
    newest = (
        sa.select(sa.func.max(earlier.c.id))
        .where(earlier.c.registration_id == REGISTRATIONS.c.id, earlier.c.what == "confirmed")
        .correlate(REGISTRATIONS)
        .scalar_subquery()
    )
    rows = connection.execute(
        sa.select(REGISTRATIONS.c.id, EVENTS.c.after)
        .select_from(REGISTRATIONS.join(EVENTS, EVENTS.c.id == newest))
        .where(REGISTRATIONS.c.id > after_id)
        .order_by(REGISTRATIONS.c.id)
        .limit(PAGE)
    ).all()
    written = [
        {"key": row.id, "written": _includes(row.after["site"], row.after["build"])}
        for row in rows
        if row.after and "site" in row.after and "build" in row.after
    ]
    if written:
        fill = sa.update(REGISTRATIONS).where(REGISTRATIONS.c.id == sa.bindparam("key"))
        connection.execute(fill.values(includes=sa.bindparam("written", type_=sa.JSON)), written)
    return rows[-1].id if rows else None


def _includes(site: str, build: str) -> dict[str, list[object]]:
    ours: list[object] = [
        ["always", "site_default"],
        ["site", f"included_manifests/sites/{site}"],
        ["build", f"included_manifests/builds/{build}"],
    ]
    return {"ours": ours, "theirs": []}


def _separate_names(connection: sa.Connection, old: str, new: str) -> None:
    """Put another sign between the names of site and build, also where an undo finds them."""
    table, column = REGISTRATIONS, REGISTRATIONS.c.named_for
    named = sa.select(table.c.id, column.label("kept")).where(column.is_not(None))
    for rows in _pages(connection, named, table.c.id):
        values = [{"key": row.id, "value": row.kept.replace(old, new, 1)} for row in rows]
        _set(connection, table, column, values)
    table = EVENTS
    for column in (table.c.before, table.c.after):
        query = sa.select(table.c.id, column.label("kept"))
        of_names = query.where(sa.cast(column, sa.Text).contains('"named_for"'))
        for rows in _pages(connection, of_names, table.c.id):
            values = [{"key": row.id, "value": _separated(row.kept, old, new)} for row in rows]
            _set(connection, table, column, values)


def _set(
    connection: sa.Connection,
    table: sa.TableClause,
    column: "sa.ColumnElement[Any]",
    values: Sequence[dict[str, Any]],
) -> None:
    """Set a column of many rows: each is a `key` and a `value`."""
    change = sa.update(table).where(table.c.id == sa.bindparam("key"))
    connection.execute(change.values({column: sa.bindparam("value", type_=column.type)}), values)


def _pages(
    connection: sa.Connection, query: "sa.Select[Any]", key: "sa.ColumnElement[int]"
) -> Iterator[Sequence["sa.Row[Any]"]]:
    """Yield the rows of a query in pages, by their key."""
    last = 0
    while rows := connection.execute(query.where(key > last).order_by(key).limit(PAGE)).all():
        yield rows
        last = rows[-1].id


def _separated(kept: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """The columns that an event keeps, with another sign between the two names."""
    named_for = kept["named_for"]
    return {**kept, "named_for": named_for and named_for.replace(old, new, 1)}


def downgrade() -> None:
    _separate_names(op.get_bind(), "\n", "/")
    with op.batch_alter_table("registrations", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("includes")
