"""Real parts for all tests: a Munki repo, both databases, a strict Slack."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path

import psycopg
import pytest
import structlog

import provisioning.maintenance.tables  # noqa: F401 - foreign keys name tables by their names
from infrastructure.database import migrations
from infrastructure.database.engine import Database
from provisioning import munki
from tests.support import packages, postgres
from tests.support.emptying import Emptied, EmptiedPostgresql, EmptiedSqlite
from tests.support.installation import CHANNEL
from tests.support.samples import sample_repo
from tests.support.slack import Workspace


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say at the end, after everything but the closing line, what this machine lacks."""
    yield
    if lacks := packages.summary():
        terminalreporter.write_line(lacks, yellow=True)


@pytest.fixture(scope="session", autouse=True)
def log() -> None:
    """Log as the processes do: the prettier default takes seconds over a traceback."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ]
    )


@pytest.fixture
def repo_folder(tmp_path: Path) -> Path:
    """The folder of a sample Munki repo."""
    return sample_repo(tmp_path / "munki_repo")


@pytest.fixture
def repo(repo_folder: Path) -> munki.MunkiRepo:
    """A sample Munki repo."""
    return munki.opened(str(repo_folder))


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A stand-in Slack with the channel that hears of everything."""
    with Workspace() as workspace:
        workspace.add_channel(CHANNEL, name="imaging")
        yield workspace


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema that the migrations make."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.sqlite3"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL with a migrated database named `migrated`."""
    if postgres.programs() is None:
        packages.lack("PostgreSQL")
    with postgres.cluster() as url:
        with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE migrated")
        database = Database(f"{url}/migrated")
        migrations.upgrade(database)
        database.close()
        yield url


@pytest.fixture(scope="session")
def emptied_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Emptied:
    """The SQLite database that one test after another finds empty."""
    return EmptiedSqlite(migrated_sqlite, tmp_path_factory.mktemp("emptied"))


@pytest.fixture(scope="session")
def emptied_postgresql(postgresql: str) -> Iterator[Emptied]:
    """The PostgreSQL database that one test after another finds empty."""
    with postgres.copied(postgresql) as url, closing(EmptiedPostgresql(url)) as emptied:
        yield emptied


@pytest.fixture
def sqlite_url(emptied_sqlite: Emptied) -> str:
    """A fresh SQLite database."""
    emptied_sqlite.empty()
    return emptied_sqlite.url


@pytest.fixture
def postgresql_url(emptied_postgresql: Emptied) -> str:
    """A fresh PostgreSQL database, whose schema has to stay as it is."""
    emptied_postgresql.empty()
    return emptied_postgresql.url


@pytest.fixture
def own_postgresql_url(postgresql: str) -> Iterator[str]:
    """A PostgreSQL database of the test's own, in which it may do anything."""
    with postgres.copied(postgresql) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database: the test runs on both kinds."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(scope="session")
def opened() -> Iterator[Callable[[str], Database]]:
    """Opens a database once for all tests: SQLAlchemy compiles each statement once then, too."""
    with ExitStack() as stack:

        @cache
        def open_once(url: str) -> Database:
            return stack.enter_context(closing(Database(url)))

        yield open_once


@pytest.fixture
def database(database_url: str, opened: Callable[[str], Database]) -> Iterator[Database]:
    """A fresh database of either kind, opened."""
    database = opened(database_url)
    yield database
    database.close()
