"""The versions of the schema: the one that this code needs, and the one that a database has.

A newer release may have migrated the database while servers of this one run: so it stores beside
its own revision the oldest one whose code works with the new schema. This module is apart from the
migrations, so that a server does not load the tool that runs them.
"""

from dataclasses import dataclass

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

REVISION = "0034"  # the newest of migrations/versions; a test holds them together
TABLE, OLDEST = "alembic_version", "oldest"


@dataclass(frozen=True, slots=True)
class SchemaVersion:
    """The revision that a database is at; empty where it was never migrated.

    `oldest` is the revision of the oldest code that works with it, which is its own where no
    migration said otherwise. Revisions have four digits and grow.
    """

    revision: str
    oldest: str

    @property
    def is_ours(self) -> bool:
        """True where this code works with the database, which may be ahead of it."""
        return self.oldest <= REVISION <= self.revision

    @property
    def is_ahead(self) -> bool:
        """True where a newer release has migrated it."""
        return self.revision > REVISION

    def __str__(self) -> str:
        """The state, and what to do where this code does not work with it."""
        if not self.is_ahead:
            is_at = f"is at {self.revision or 'nothing'}"
            return is_at if self.is_ours else f"{is_at}, needs {REVISION}: migrate"
        is_at = f"is at {self.revision}, newer than this release ({REVISION})"
        if self.is_ours:
            return f"{is_at}, which works with it"
        return (
            f"{is_at} can work with: run the newer release, or have it go back first "
            f"(`boot.sh migrate --to {REVISION}`)"
        )


def of(session: Session) -> SchemaVersion:
    """Return the version of a database."""
    tables = inspect(session.connection())
    if not tables.has_table(TABLE):
        return SchemaVersion("", "")
    has_oldest = any(column["name"] == OLDEST for column in tables.get_columns(TABLE))
    columns = f"version_num, {OLDEST}" if has_oldest else "version_num, NULL"
    row = session.execute(text(f"SELECT {columns} FROM {TABLE}")).first()  # noqa: S608 - ours
    revision, oldest = row or ("", "")
    return SchemaVersion(revision, oldest or revision)


def current(session: Session) -> str:
    """Return the revision that the database is at; empty where it was never migrated."""
    return of(session).revision
