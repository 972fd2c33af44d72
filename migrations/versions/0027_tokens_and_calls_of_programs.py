"""Tokens of other programs for the API, and the calls that they made.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
oldest = "0018"  # tables alone; a credential of an unknown kind opens nothing there


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("credential_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("made_by", sa.String(length=255), nullable=True),
        sa.Column("acts", sa.JSON(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_api_tokens")),
    )
    op.create_index(op.f("ix_api_tokens_made_by"), "api_tokens", ["made_by"])
    op.create_table(
        "api_calls",
        sa.Column("credential_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=255), nullable=False),
        sa.Column("claim", sa.String(length=255), nullable=False),
        sa.Column("claimed_at", sa.DateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("credential_id", "key", name=op.f("pk_api_calls")),
    )
    op.create_index(op.f("ix_api_calls_claimed_at"), "api_calls", ["claimed_at"])


def downgrade() -> None:
    # Without what a token is for it opens nothing, and is listed as one for all sites.
    op.execute("DELETE FROM credentials WHERE opens = 'api'")
    op.drop_table("api_calls")
    op.drop_table("api_tokens")
