"""Keys for one JSON of InstallApplications, the scripts that it promised, exposed credentials.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.add_column(sa.Column("build", sa.String(length=255), nullable=True))

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
    op.create_table(
        "exposures",
        sa.Column("credential_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site", sa.String(length=255), nullable=False),
        sa.Column("build", sa.String(length=255), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "credential_id", "site", "build", "host", name=op.f("pk_exposures")
        ),
    )


def downgrade() -> None:
    op.drop_table("exposures")
    op.drop_table("promised_scripts")
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.drop_column("build")
