"""The versions of the schema: the one that this code needs, and the one that a database has.

Kept apart from the migrations, so that a server does not carry the tool that runs them.
"""

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

REVISION = "0017"  # the newest of migrations/versions; a test holds them together


def current(session: Session) -> str:
    """The revision that the database is at; empty where it was never migrated."""
    if not inspect(session.connection()).has_table("alembic_version"):
        return ""
    return session.scalar(text("SELECT version_num FROM alembic_version")) or ""
