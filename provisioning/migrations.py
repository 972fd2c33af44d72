"""The schema, brought up to date before anything is served."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import text

from provisioning.database import Database
from provisioning.errors import RollcallError

FOLDER = Path(__file__).parent.parent / "migrations"
_LOCK = 0x726F6C6C  # PostgreSQL's advisory lock for this: any number that nobody else uses


class UnknownSchema(RollcallError):
    """A database that a newer version of Rollcall has migrated."""


def upgrade(database: Database) -> None:
    """Bring the schema up to date; any number of processes may do so at the same time."""
    config = _config()
    with database.begin() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise UnknownSchema(f"The database is of another version: {error}") from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
