"""Files that browsers hand in, until they are read.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
oldest = "0018"  # tables alone


def upgrade() -> None:
    op.create_table(
        "handed_in_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_handed_in_files_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_in_files")),
    )
    op.create_table(
        "handed_in_pieces",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["handed_in_files.id"],
            name=op.f("fk_handed_in_pieces_file_id_handed_in_files"),
        ),
        sa.PrimaryKeyConstraint("file_id", "number", name=op.f("pk_handed_in_pieces")),
    )


def downgrade() -> None:
    op.drop_table("handed_in_pieces")
    op.drop_table("handed_in_files")
