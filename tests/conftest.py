"""Real parts for all tests: a Munki repo, both databases, a strict Slack."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import structlog

from provisioning import migrations
from provisioning.database import Database
from provisioning.munki import MunkiRepo, opened
from tests.support import postgres
from tests.support.installation import CHANNEL
from tests.support.samples import sample_repo
from tests.support.slack import Workspace


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
def repo(repo_folder: Path) -> MunkiRepo:
    """A sample Munki repo."""
    return opened(str(repo_folder))


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
    programs = postgres.programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("CI has to have a PostgreSQL")
        pytest.skip("no PostgreSQL is installed here")
    with postgres.cluster(programs) as url:
        with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE migrated")
        database = Database(f"{url}/migrated")
        migrations.upgrade(database)
        database.close()
        yield url


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A fresh SQLite database."""
    shutil.copy(migrated_sqlite, tmp_path / "rollcall.sqlite3")
    return f"sqlite:///{tmp_path}/rollcall.sqlite3"


@pytest.fixture
def postgresql_url(postgresql: str) -> Iterator[str]:
    """A fresh PostgreSQL database."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(f"{postgresql}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
        yield f"{postgresql}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database: the test runs on both kinds."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database of either kind, opened."""
    database = Database(database_url)
    yield database
    database.close()
