"""Benches that take Macs whose script names a place too.

Revision ID: 0016
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    takes_named = sa.Column("takes_named", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("benches", takes_named)


def downgrade() -> None:
    op.drop_column("benches", "takes_named")
