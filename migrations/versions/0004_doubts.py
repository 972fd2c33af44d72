"""The end of a doubt about a message, where it is looked for, and the beginning of pauses.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IN_DOUBT = "state = 'owed' AND lost_at IS NOT NULL"


def upgrade() -> None:
    with op.batch_alter_table("channels", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("last_ts", sa.String(length=255), nullable=True))

    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retry_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("lost_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("after_ts", sa.String(length=255), nullable=True))
        batch_op.create_index(
            "ix_notifications_in_doubt",
            ["channel", "id"],
            unique=False,
            sqlite_where=sa.text(IN_DOUBT),
            postgresql_where=sa.text(IN_DOUBT),
        )


def downgrade() -> None:
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_notifications_in_doubt",
            sqlite_where=sa.text(IN_DOUBT),
            postgresql_where=sa.text(IN_DOUBT),
        )
        batch_op.drop_column("after_ts")
        batch_op.drop_column("lost_at")
        batch_op.drop_column("retry_at")

    with op.batch_alter_table("channels", schema=None) as batch_op:
        batch_op.drop_column("last_ts")
        batch_op.drop_column("paused_at")
