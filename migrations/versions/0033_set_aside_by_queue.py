"""An index of what is set aside, by its queue: one receiver's is counted without others'.

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None
oldest = "0018"  # an index alone
NAME = "ix_notifications_parked"
PARKED = sa.text("state = 'parked'")


def upgrade() -> None:
    _index("transport", "channel", "id")


def downgrade() -> None:
    _index("id")


def _index(*columns: str) -> None:
    op.drop_index(NAME, table_name="notifications")
    op.create_index(NAME, "notifications", [*columns], sqlite_where=PARKED, postgresql_where=PARKED)
