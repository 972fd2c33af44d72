"""The transport of each message: what was owed so far is owed to Slack.

Revision ID: 0029
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0027"
branch_labels = None
depends_on = None
oldest = "0018"  # a column with a default; nothing is owed elsewhere before it is asked for
OWED = sa.text("state = 'owed'")
NAME = "ix_notifications_owed"


def upgrade() -> None:
    op.add_column(
        "notifications",
        sa.Column("transport", sa.String(length=255), server_default="slack", nullable=False),
    )
    _index("transport", "channel", "id")


def downgrade() -> None:
    # An older relay would take for Slack's what is owed elsewhere.
    op.execute("DELETE FROM notifications WHERE transport <> 'slack'")
    _index("channel", "id")
    op.drop_column("notifications", "transport")


def _index(*columns: str) -> None:
    op.drop_index(NAME, table_name="notifications")
    op.create_index(NAME, "notifications", [*columns], sqlite_where=OWED, postgresql_where=OWED)
