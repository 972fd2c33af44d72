"""An index of serials by their parts of three characters; it is filled while Rollcall runs.

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None
oldest = "0018"  # an index alone

SQLITE = "CREATE VIRTUAL TABLE serial_parts USING fts5(serial, content='', tokenize='trigram')"
POSTGRESQL = """
CREATE TABLE serial_parts (rowid bigint PRIMARY KEY, serial text NOT NULL, parts text[] NOT NULL);
CREATE INDEX ix_serial_parts_parts ON serial_parts USING gin (parts);
"""


def upgrade() -> None:
    op.execute(SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL)


def downgrade() -> None:
    op.execute("DROP TABLE serial_parts")
