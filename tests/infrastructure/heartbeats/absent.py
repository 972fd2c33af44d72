"""The sentences about processes that are missing."""

from infrastructure.database.engine import Database
from provisioning.diagnostics import absences


def told(database: Database, *wanted: str) -> list[str]:
    """The sentences, where these parts are wanted."""
    with database.reading() as session:
        return [str(finding) for finding in absences(session, wanted)]
