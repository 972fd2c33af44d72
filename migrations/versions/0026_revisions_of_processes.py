"""The schema that the release of a running process needs, in its heartbeat.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
oldest = "0018"  # a column that may be empty


def upgrade() -> None:
    op.add_column("heartbeats", sa.Column("revision", sa.String(length=255), nullable=True))


def downgrade() -> None:
    op.drop_column("heartbeats", "revision")
