"""Rows of imports that people changed, the edits that changed them, and the ends of dry runs.

A dry run of an earlier release has no end: nobody was told of one.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'read'")


def upgrade() -> None:
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ends_at", sa.DateTime(), nullable=True))
    op.create_index(
        "ix_imports_ending",
        "imports",
        ["ends_at"],
        unique=False,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(length=255), nullable=True),
        sa.Column("site", sa.String(length=255), nullable=True),
        sa.Column("build", sa.String(length=255), nullable=True),
        sa.Column("decision", sa.String(length=255), nullable=True),
        sa.Column("accepted", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_import_rows")),
    )
    op.create_table(
        "import_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("undone_by", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_edits_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_edits")),
    )
    op.create_index(op.f("ix_import_edits_import_id"), "import_edits", ["import_id"])


def downgrade() -> None:
    op.drop_table("import_edits")
    op.drop_table("import_rows")
    op.drop_index("ix_imports_ending", "imports")
    with op.batch_alter_table("imports", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("ends_at")
