"""The includes of a Mac's manifest that Rollcall wrote, kept with its registration.

Revision ID: 0011
Revises: 0010
"""

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
)
EVENTS = sa.table(
    "events",
    sa.column("id", sa.Integer),
    sa.column("registration_id", sa.Integer),
    sa.column("what", sa.String),
    sa.column("after", sa.JSON),
)


def upgrade() -> None:
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("includes", sa.JSON(), nullable=True))
    last: int | None = 0
    while last is not None:
        last = _fill_page(op.get_bind(), last)


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


def downgrade() -> None:
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_column("includes")
