"""An index by which the board counts the open Macs of a site by state, and finds the newest.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
oldest = "0018"  # tables and an index alone
OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_registrations_open_states",
        "registrations",
        ["state", "id", "site", "build"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_index("ix_registrations_open_states", table_name="registrations")
