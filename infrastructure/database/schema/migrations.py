"""The upgrade of the schema at the start, and its downgrade for a former release."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.schema import losses, versions
from infrastructure.errors import RollcallError

FOLDER = Path(__file__).parents[3] / "migrations"
HEAD = "head"
_OLDEST_TABLE = "registrations"  # which each revision has
_LOCK = 0x726F6C6C  # PostgreSQL's advisory lock for this: a number for this alone


class UnknownSchema(RollcallError):
    """A database that a newer version of Rollcall has migrated, or a revision that is not ours."""


class DataWouldBeLost(RollcallError):
    """A downgrade that would lose data; nothing was changed."""

    def __init__(self, revision: str, lost: Iterable[str]) -> None:
        super().__init__(
            f"Going back to {revision} would lose {', '.join(lost)}. Nothing was changed. Name a "
            f"file for a backup first: boot.sh migrate --to {revision} --backup FILE"
        )


def upgrade(database: Database) -> None:
    """Bring the schema up to date; any number of processes may do so at the same time.

    A database of a newer release is left alone where this code works with it. Raises UnknownSchema
    where it does not.
    """
    with database.begin() as session:
        connection = session.connection()
        hold(connection)
        version = versions.of(session)
        if version.is_ahead and not version.is_ours:
            raise UnknownSchema(f"The database {version}.")
        if not version.is_ahead:
            bring_to(connection, HEAD)


def go_back(database: Database, revision: str, *, may_lose: bool = False) -> None:
    """Take the schema back to an earlier `revision`, for a release that needs it.

    Raises DataWouldBeLost where rows or values would be lost, unless they `may_lose`, and
    UnknownSchema for a revision that is not ours, or a database that is not.
    """
    with database.begin() as session:
        connection = session.connection()
        hold(connection)
        check_known(versions.current(session))
        lost = [] if may_lose else losses.of(connection, lambda: _downgrade(connection, revision))
        if lost:
            raise DataWouldBeLost(revision, lost)
        _downgrade(connection, revision)
        _note_oldest(connection)


def hold(connection: Connection) -> None:
    """Lock the schema against changes by others until the end of the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def bring_to(connection: Connection, revision: str) -> None:
    """Bring the schema up to a revision of ours, in the transaction of `connection`.

    Raises UnknownSchema where nothing says from which one.
    """
    at = _checked(connection)
    if at != (versions.REVISION if revision == HEAD else revision):
        command.upgrade(_config(connection), revision)
    _note_oldest(connection)


def knows(revision: str) -> bool:
    """Return True if a revision is one of ours, by its full name."""
    return revision in {script.revision for script in _scripts()}


def version_at(revision: str) -> versions.SchemaVersion:
    """Return the version of a database that is brought to a revision. Raises UnknownSchema."""
    check_known(revision)
    return versions.SchemaVersion(revision, _oldest_until(revision))


def check_known(revision: str) -> None:
    """Raise UnknownSchema where a revision is not ours."""
    if not knows(revision):
        first = min(script.revision for script in _scripts())
        raise UnknownSchema(
            f"This release knows no schema {revision!r}, only {first} to {versions.REVISION}."
        )


def _checked(connection: Connection) -> str:
    """Return the revision of a database. Raises UnknownSchema where it does not say one of ours.

    Without any, it must be without our tables, too: Alembic would begin with the first.
    """
    revision = versions.current(Session(connection))
    is_empty = not revision and not inspect(connection).has_table(_OLDEST_TABLE)
    if not is_empty and not knows(revision):
        raise UnknownSchema(
            f"The database says of its schema that it is {revision!r}, which none ever was. "
            "Nothing was changed. To put a backup in its place: boot.sh restore FILE --replace"
        )
    return revision


def _downgrade(connection: Connection, revision: str) -> None:
    command.downgrade(_config(connection), revision)


def _note_oldest(connection: Connection) -> None:
    """Note the oldest code that works with the database, as its migrations say."""
    current = versions.current(Session(connection))
    columns = {column["name"] for column in inspect(connection).get_columns(versions.TABLE)}
    if versions.OLDEST not in columns:
        connection.execute(
            text(f"ALTER TABLE {versions.TABLE} ADD COLUMN {versions.OLDEST} VARCHAR(32)")
        )
    connection.execute(
        text(f"UPDATE {versions.TABLE} SET {versions.OLDEST} = :oldest"),  # noqa: S608 - ours
        {"oldest": _oldest_until(current)},
    )


def _oldest_until(revision: str) -> str:
    """The revision of the oldest code that works with a schema of this revision."""
    return max(
        str(getattr(script.module, versions.OLDEST, script.revision))
        for script in _scripts()
        if script.revision <= revision
    )


@cache
def _scripts() -> Sequence[Script]:
    """All migrations, the newest first; to load them takes longer than to run one."""
    return tuple(ScriptDirectory.from_config(_config()).walk_revisions())


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    if connection is not None:
        config.attributes["connection"] = connection
    return config
