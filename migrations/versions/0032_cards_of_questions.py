"""The questions that a card asks, by the card: a relay looks for them when it draws one.

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None
oldest = "0018"  # indexes alone
TABLES = ("strangers", "decisions")


def upgrade() -> None:
    for table in TABLES:
        op.create_index(f"ix_{table}_card_id", table, ["card_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_card_id", table_name=table)
