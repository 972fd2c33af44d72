"""Mail: how far it was gathered, whom people want it for, who wants no more, and what bounced.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
oldest = "0018"  # tables alone


def upgrade() -> None:
    _create("mail_cursors", _text("source"), sa.Column("last_id", sa.Integer(), nullable=False))
    _create("mail_choices", _text("account_id"), _text("address"), _moment("confirmed_at"))
    _create(
        "mail_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        *(_text("account_id"), _text("address"), _text("nonce"), _moment("made_at")),
        sa.Column("used_at", sa.DateTime(), nullable=True),
    )
    _create("mail_stops", _text("address"), _text("kind"), _moment("stopped_at"), keys=2)
    _create("mail_bounces", _text("address"), _text("reason"), _moment("bounced_at"))


def downgrade() -> None:
    # The relay of an older release has no such transport.
    op.execute("DELETE FROM notifications WHERE transport = 'mail'")
    for table in ("mail_bounces", "mail_stops", "mail_requests", "mail_choices", "mail_cursors"):
        op.drop_table(table)


def _create(table: str, *columns: sa.Column[object], keys: int = 1) -> None:
    names = [column.name for column in columns[:keys]]
    op.create_table(table, *columns, sa.PrimaryKeyConstraint(*names, name=op.f(f"pk_{table}")))


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.String(length=255), nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(), nullable=False)
