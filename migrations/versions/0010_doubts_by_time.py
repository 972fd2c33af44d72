"""The index of messages in doubt begins with what sets it apart from that of all pending ones.

SQLite took the larger of two indexes that look alike to it, and each pending message of a busy
channel was compared with every other.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEX = "ix_notifications_in_doubt"
IN_DOUBT = sa.text("state = 'owed' AND lost_at IS NOT NULL")


def upgrade() -> None:
    _replace(["channel", "lost_at"])


def downgrade() -> None:
    _replace(["channel", "id"])


def _replace(columns: list[str]) -> None:
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_index(INDEX, sqlite_where=IN_DOUBT, postgresql_where=IN_DOUBT)
        batch_op.create_index(
            INDEX, columns, unique=False, sqlite_where=IN_DOUBT, postgresql_where=IN_DOUBT
        )
