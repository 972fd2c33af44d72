"""Credentials of sites, the history of manifests, good templates, names of computers.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("pattern", sa.String(length=255), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("pattern", name=op.f("pk_counters")),
    )
    op.create_table(
        "credentials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=255), nullable=True),
        sa.Column("opens", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=255), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
        sa.UniqueConstraint("digest", name=op.f("uq_credentials_digest")),
    )
    op.create_table(
        "good_templates",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_good_templates")),
    )
    op.create_table(
        "refusals",
        sa.Column("day", sa.String(length=255), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", "address", "reason", name=op.f("pk_refusals")),
    )
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("via", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("after", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_revisions_registration_id_registrations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
    )
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revisions_name"), ["name"], unique=False)

    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("computer_name", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("named_for", sa.String(length=255), nullable=True))
        batch_op.create_index(
            "ix_registrations_computer_name",
            ["computer_name"],
            unique=False,
            sqlite_where=sa.text("computer_name IS NOT NULL"),
            postgresql_where=sa.text("computer_name IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("registrations", schema=None, recreate="never") as batch_op:
        batch_op.drop_index(
            "ix_registrations_computer_name",
            sqlite_where=sa.text("computer_name IS NOT NULL"),
            postgresql_where=sa.text("computer_name IS NOT NULL"),
        )
        batch_op.drop_column("named_for")
        batch_op.drop_column("computer_name")

    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revisions_name"))

    op.drop_table("revisions")
    op.drop_table("refusals")
    op.drop_table("good_templates")
    op.drop_table("credentials")
    op.drop_table("counters")
