"""Clients whose credential was good in the last days, from the address that they came from.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_clients",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("last_good_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_known_clients")),
    )
    with op.batch_alter_table("known_clients", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_known_clients_last_good_at"), ["last_good_at"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("known_clients", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_known_clients_last_good_at"))

    op.drop_table("known_clients")
