"""The schema, brought up to date before anything is served."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError

FOLDER = Path(__file__).parents[2] / "migrations"
HEAD = "head"
_LOCK = 0x726F6C6C  # PostgreSQL's advisory lock for this: a number for this alone


class UnknownSchema(RollcallError):
    """A database that a newer version of Rollcall has migrated."""


def upgrade(database: Database) -> None:
    """Bring the schema up to date; any number of processes may do so at the same time."""
    with database.begin() as session:
        connection = session.connection()
        hold(connection)
        bring_to(connection, HEAD)


def hold(connection: Connection) -> None:
    """Keep others from changing the schema until the end of the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def bring_to(connection: Connection, revision: str) -> None:
    """Bring the schema up to a revision, in the transaction of `connection`.

    Raises UnknownSchema.
    """
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise UnknownSchema(f"The database is of another version: {error}") from error


def knows(revision: str) -> bool:
    """True where a revision is one of ours, by its full name."""
    scripts = ScriptDirectory.from_config(_config())
    return revision in {script.revision for script in scripts.walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
