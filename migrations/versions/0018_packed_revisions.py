"""Revisions of manifests that are packed: those of before stay as they are.

Code of before would write packed bytes into manifests where it restores them, so it does not live
with what this one writes.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

from provisioning.munki.manifests.packing import unpack

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
oldest = "0018"

PAGE = 200  # revisions: some have tens of kilobytes
REVISIONS = sa.table(
    "revisions",
    sa.column("id", sa.Integer),
    sa.column("before", sa.LargeBinary),
    sa.column("after", sa.LargeBinary),
)


def upgrade() -> None:
    pass  # the code packs what it writes


def downgrade() -> None:
    connection, table = op.get_bind(), REVISIONS
    restore = sa.update(table).where(table.c.id == sa.bindparam("key"))
    restore = restore.values(before=sa.bindparam("old"), after=sa.bindparam("new"))
    last = 0
    query = sa.select(table).order_by(table.c.id).limit(PAGE)
    while rows := connection.execute(query.where(table.c.id > last)).all():
        last = rows[-1].id
        unpacked = [(row, _plain(row.before), _plain(row.after)) for row in rows]
        values = [
            {"key": row.id, "old": before, "new": after}
            for row, before, after in unpacked
            if (before, after) != (row.before, row.after)
        ]
        if values:
            connection.execute(restore, values)


def _plain(kept: bytes | None) -> bytes | None:
    return None if kept is None else unpack(kept)
