"""Operations that can be undone, threads, files, imports, unknown Macs, benches and jobs.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=255), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("via", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("undone_by", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("alt", sa.String(length=255), server_default="", nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=255), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("leased_until", sa.DateTime(), nullable=True),
        sa.Column("holder", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_table(
        "looks",
        sa.Column("what", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_looks")),
    )
    op.create_table(
        "benches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("site", sa.String(length=255), nullable=False),
        sa.Column("build", sa.String(length=255), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=255), nullable=True),
        sa.Column("slot", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["acts.id"], name=op.f("fk_benches_act_id_acts")),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_benches_card_id_cards")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benches")),
    )
    with op.batch_alter_table("benches", schema=None) as batch_op:
        batch_op.create_index(
            "uq_benches_open",
            ["slot"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=True),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.Column("once", sa.String(length=255), nullable=True),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("via", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("site", sa.String(length=255), nullable=True),
        sa.Column("build", sa.String(length=255), nullable=True),
        sa.Column("note", sa.String(length=255), server_default="", nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=True),
        sa.Column("shown", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["act_id"], ["acts.id"], name=op.f("fk_imports_act_id_acts")),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_imports_card_id_cards")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imports_card_id"), ["card_id"], unique=False)
        batch_op.create_index(
            "uq_imports_once",
            ["once"],
            unique=True,
            sqlite_where=sa.text("once IS NOT NULL"),
            postgresql_where=sa.text("once IS NOT NULL"),
        )

    op.create_table(
        "strangers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(length=255), nullable=False),
        sa.Column("reported_as", sa.String(length=255), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by", sa.String(length=255), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_strangers_card_id_cards")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_strangers_registration_id_registrations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strangers")),
    )
    with op.batch_alter_table("strangers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_strangers_serial"), ["serial"], unique=False)
        batch_op.create_index(
            "uq_strangers_open_serial",
            ["serial"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=255), server_default="batch", nullable=False)
        )
        batch_op.add_column(sa.Column("thread_ts", sa.String(length=255), nullable=True))

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("act_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            "ix_events_act",
            ["act_id"],
            unique=False,
            sqlite_where=sa.text("act_id IS NOT NULL"),
            postgresql_where=sa.text("act_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(batch_op.f("fk_events_act_id_acts"), "acts", ["act_id"], ["id"])

    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("thread_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_notifications_thread_id_cards"), "cards", ["thread_id"], ["id"]
        )

    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("heard_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("step", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("mentioned_at", sa.DateTime(), nullable=True))
        batch_op.create_index(
            "ix_registrations_failed",
            ["heard_at"],
            unique=False,
            sqlite_where=sa.text("state = 'failed'"),
            postgresql_where=sa.text("state = 'failed'"),
        )
        batch_op.create_index(
            "ix_registrations_imaging",
            ["heard_at"],
            unique=False,
            sqlite_where=sa.text("state = 'imaging'"),
            postgresql_where=sa.text("state = 'imaging'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("registrations", schema=None, recreate="never") as batch_op:
        batch_op.drop_index(
            "ix_registrations_imaging",
            sqlite_where=sa.text("state = 'imaging'"),
            postgresql_where=sa.text("state = 'imaging'"),
        )
        batch_op.drop_index(
            "ix_registrations_failed",
            sqlite_where=sa.text("state = 'failed'"),
            postgresql_where=sa.text("state = 'failed'"),
        )
        batch_op.drop_column("mentioned_at")
        batch_op.drop_column("step")
        batch_op.drop_column("heard_at")

    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_notifications_thread_id_cards"), type_="foreignkey")
        batch_op.drop_column("due_at")
        batch_op.drop_column("thread_id")

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_events_act_id_acts"), type_="foreignkey")
        batch_op.drop_index(
            "ix_events_act",
            sqlite_where=sa.text("act_id IS NOT NULL"),
            postgresql_where=sa.text("act_id IS NOT NULL"),
        )
        batch_op.drop_column("act_id")

    with op.batch_alter_table("cards", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("thread_ts")
        batch_op.drop_column("kind")

    with op.batch_alter_table("strangers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_strangers_serial"))
        batch_op.drop_index(
            "uq_strangers_open_serial",
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.drop_table("strangers")
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_imports_once",
            sqlite_where=sa.text("once IS NOT NULL"),
            postgresql_where=sa.text("once IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_imports_card_id"))

    op.drop_table("imports")
    with op.batch_alter_table("benches", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_benches_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.drop_table("benches")
    op.drop_table("looks")
    op.drop_table("jobs")
    op.drop_table("documents")
    op.drop_table("acts")
