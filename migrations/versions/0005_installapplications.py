"""The scripts that a JSON for InstallApplications promised.

Revision ID: 0005
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "promised_scripts",
        sa.Column("site", sa.String(length=255), nullable=False),
        sa.Column("build", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=255), nullable=False),
        sa.Column("fenced", sa.Boolean(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "site", "build", "digest", "fenced", name=op.f("pk_promised_scripts")
        ),
    )


def downgrade() -> None:
    op.drop_table("promised_scripts")
