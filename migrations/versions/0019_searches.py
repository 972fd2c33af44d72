"""Indexes for searches among very many registrations: closed ones, sites, builds, notes.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
oldest = "0018"  # indexes alone

CLOSED = sa.text("closed_at IS NOT NULL")
NOTED = sa.text("note <> ''")


def upgrade() -> None:
    op.create_index(
        "ix_registrations_closed_serial",
        "registrations",
        ["serial"],
        sqlite_where=CLOSED,
        postgresql_where=CLOSED,
    )
    op.create_index(op.f("ix_registrations_site"), "registrations", ["site"])
    op.create_index(op.f("ix_registrations_build"), "registrations", ["build"])
    op.create_index("ix_cards_note", "cards", ["note"], sqlite_where=NOTED, postgresql_where=NOTED)


def downgrade() -> None:
    op.drop_index("ix_cards_note", table_name="cards")
    op.drop_index(op.f("ix_registrations_build"), table_name="registrations")
    op.drop_index(op.f("ix_registrations_site"), table_name="registrations")
    op.drop_index("ix_registrations_closed_serial", table_name="registrations")
