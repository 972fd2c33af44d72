"""Targets of a restore: databases that are emptied, and stay as they were where it fails."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from infrastructure.database.addresses import APPLICATION, named
from infrastructure.database.schema import migrations, versions
from infrastructure.database.sqlite import sqlite_files
from infrastructure.database.sqlite.occupants import RESTORE, DatabaseInUse, Occupants
from infrastructure.errors import RollcallError
from infrastructure.execution.retry import retry
from provisioning.access.models import Credential
from provisioning.maintenance.backups import value_types
from provisioning.maintenance.backups.archives import UnusableBackup
from provisioning.registrations import serial_index
from provisioning.registrations.models import Registration

LOCK_TIMEOUT = "10s"  # for a transaction that reads one of our tables in PostgreSQL
ENDING = (0.05, 0.1, 0.2, 0.4, 0.8)  # seconds between looks at sessions that may be ending
KEPT_BY_POOLER = (
    " Have they ended? A pooler such as PgBouncer keeps their sessions for minutes: restart it, or "
    "have ROLLCALL_DATABASE_URL lead to PostgreSQL itself for this command."
)


class Occupied(RollcallError):
    """A database with data of people, which a restore would replace."""

    def __init__(self, contents: str) -> None:
        super().__init__(
            f"The database is not empty: {contents} would go. Nothing was changed. To replace all "
            "that is there, say --replace; `boot.sh backup FILE` keeps it before."
        )


class NewerDatabase(RollcallError):
    """A PostgreSQL database with tables of a newer release, of which this one does not know."""

    def __init__(self, version: versions.SchemaVersion) -> None:
        super().__init__(
            f"The database is at {version.revision}, and this release ({versions.REVISION}) would "
            "leave tables behind that it does not know, in the way of the next upgrade. Nothing "
            "was changed. Empty the database first: docs/how-to/backup.md has the line."
        )


class DependedOn(RollcallError):
    """A PostgreSQL database in which views of others depend on tables that are made anew."""

    def __init__(self, detail: str) -> None:
        which = "; ".join(detail.splitlines())
        super().__init__(
            "Something of yours, such as a view, depends on tables that this restore makes anew, "
            f"for their columns are not those of the backup: {which}. Nothing was changed. Drop it "
            "first (DROP VIEW …), and make it again afterwards."
        )


@dataclass(slots=True)
class RestoreTarget:
    """An empty database, in one transaction that takes effect unless there is an error.

    `kept_as` is the file of the former data, once it has taken effect.
    """

    connection: Connection
    kept_as: str | None = None


def emptied(url: str, revision: str, *, replace: bool) -> AbstractContextManager[RestoreTarget]:
    """The database at `url` for a backup of `revision`: without a table, or with empty ones.

    Raises DatabaseInUse where a process of ours has it open, Occupied, NewerDatabase and, of
    PostgreSQL, DependedOn.
    """
    target = named(url, RESTORE)
    if target.get_backend_name() == "sqlite":
        return _sqlite(str(target.database), replace=replace)
    return _postgresql(target, revision, replace=replace)


@contextmanager
def _sqlite(database: str, *, replace: bool) -> Iterator[RestoreTarget]:
    """A new file, which takes the place of the database."""
    path = Path(os.path.realpath(database))
    sqlite_files.check_file(str(path))
    new_path = path.with_name(f".{path.name}.restored")
    with Occupants(str(path), RESTORE).alone() as is_exchanged:
        if not replace:
            _refuse_to_replace(path)
        _remove(new_path)
        try:
            with _new_file(new_path) as connection:
                target = RestoreTarget(connection)
                yield target
            keep_as = f"{path}.before-restore" if replace else None
            if sqlite_files.put_in_place(
                str(new_path), str(path), keep_as=keep_as, has_other_wal=is_exchanged
            ):
                target.kept_as = keep_as
        except BaseException:
            _remove(new_path)
            raise


@contextmanager
def _new_file(path: Path) -> Iterator[Connection]:
    """A context with a transaction in a new file, which is checked and closed behind it."""
    sqlite_files.make_private(str(path))
    engine = create_engine(URL.create("sqlite", database=str(path)))
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA auto_vacuum = INCREMENTAL")
            # It is synced once it is whole.
            connection.exec_driver_sql("PRAGMA synchronous = OFF")
            yield connection
        _finish(engine)
    finally:
        engine.dispose()


def _finish(engine: Engine) -> None:
    """Check a file that was filled, and set the journal mode in which it is used."""
    with engine.connect() as connection:
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise UnusableBackup(
                f"It is damaged: a row of the table {broken[0]!r} refers to one of {broken[2]!r} "
                "that is not there."
            )
        rows = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
        if rows != "ok":
            raise sqlite_files.DatabaseDamaged(str(engine.url.database), rows)
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")


def _remove(new_path: Path) -> None:
    for end in ("", *sqlite_files.BESIDE):
        Path(f"{new_path}{end}").unlink(missing_ok=True)


def _refuse_to_replace(path: Path) -> None:
    """Raise Occupied where data would be lost, DatabaseDamaged where it cannot be read."""
    if not path.exists():
        return
    sqlite_files.examine(str(path))
    engine = create_engine("sqlite://", creator=lambda: sqlite_files.opened_to_read(str(path)))
    try:
        with engine.connect() as connection:
            _refuse_occupied(connection)
    finally:
        engine.dispose()


@contextmanager
def _postgresql(target: URL, revision: str, *, replace: bool) -> Iterator[RestoreTarget]:
    """The database itself, whose former tables come back where the transaction fails."""
    from psycopg import errors  # noqa: PLC0415 - the driver

    from infrastructure.database import postgresql  # noqa: PLC0415

    engine = create_engine(target)
    postgresql.prepare_nothing_behind_a_pooler(engine)
    try:
        with engine.begin() as connection:
            _have_alone(connection)
            version = versions.of(Session(connection))
            if version.is_ahead:
                raise NewerDatabase(version)
            if not replace:
                _refuse_occupied(connection)
            _empty(connection, revision)
            yield RestoreTarget(connection)
    except DBAPIError as error:
        if isinstance(error.orig, errors.LockNotAvailable):
            raise DatabaseInUse(["a session that holds a table of ours"]) from error
        if isinstance(error.orig, errors.DependentObjectsStillExist):
            raise DependedOn(error.orig.diag.message_detail or "") from error
        raise
    finally:
        engine.dispose()


def _have_alone(connection: Connection) -> None:
    """Lock our tables against all others until the end of the transaction. Raises DatabaseInUse.

    Later connections wait, and then read the restored data.
    """
    _await_others(connection)
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
    migrations.hold(connection)
    names = [f'"{table.name}"' for table in value_types.tables(connection)]
    if names:
        connection.execute(text(f"LOCK TABLE {', '.join(names)}"))
        _await_others(connection)


def _await_others(connection: Connection) -> None:
    """Wait for sessions of ours that are ending. Raises DatabaseInUse where one stays.

    PostgreSQL lists a session for some moments after its process has closed it.
    """
    retry(lambda: _refuse_others(connection), DatabaseInUse, pauses=ENDING)


def _refuse_others(connection: Connection) -> None:
    connection.execute(text("SELECT pg_stat_clear_snapshot()"))
    others = connection.execute(
        text(
            "SELECT DISTINCT application_name, coalesce(host(client_addr), 'this computer') "
            "FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND application_name LIKE :ours ORDER BY 1, 2"
        ),
        {"ours": f"{APPLICATION} %"},
    ).all()
    if others:
        from infrastructure.database import postgresql  # noqa: PLC0415 - the driver

        sessions = [f"{name.removeprefix(APPLICATION).strip()} on {host}" for name, host in others]
        is_pooled = postgresql.is_behind_a_pooler(connection.connection.driver_connection)
        raise DatabaseInUse(sessions, KEPT_BY_POOLER if is_pooled else "")


def _empty(connection: Connection, revision: str) -> None:
    """Empty the tables where they are of `revision`, so that views on them stay; else drop them.

    Those that a hand has changed are dropped too: the backup's rows would not fit.
    """
    names = [f'"{table.name}"' for table in value_types.tables(connection)]
    if inspect(connection).has_table(serial_index.INDEX.name):
        names.append(serial_index.INDEX.name)
    if names and _is_unchanged(connection, revision):
        connection.execute(text(f"TRUNCATE {', '.join(names)}"))
        return
    connection.execute(text(f"DROP TABLE IF EXISTS {', '.join([*names, 'alembic_version'])}"))


def _is_unchanged(connection: Connection, revision: str) -> bool:
    if versions.current(Session(connection)) != revision:
        return False
    changes = value_types.changes_by_hand(connection, revision)
    return not (changes.missing or changes.added)


def _refuse_occupied(connection: Connection) -> None:
    """Raise Occupied where there are registrations or credentials."""
    present = inspect(connection)
    contents = []
    for model, name in ((Registration, "registration"), (Credential, "key")):
        if present.has_table(model.__tablename__):
            number = connection.scalar(select(func.count()).select_from(model)) or 0
            contents += [f"{number:,} {name}{'' if number == 1 else 's'}"] if number else []
    if contents:
        raise Occupied(" and ".join(contents))
