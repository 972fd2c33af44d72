"""Databases whose schema a test may change."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from infrastructure.database.engine import Database
from tests.support.databases import postgres


@contextmanager
def empty(request: pytest.FixtureRequest, folder: Path) -> Iterator[Database]:
    """A database without any table, of the kind that a fixture is asked for."""
    url = f"sqlite:///{folder}/empty.sqlite3"
    if request.param == "postgresql":
        cluster = str(request.getfixturevalue("postgresql"))
        url = f"{cluster}/empty_{uuid4().hex}"
        with psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {url.rsplit('/', 1)[1]} STRATEGY FILE_COPY")
    with closing(Database(url)) as database:
        yield database


@contextmanager
def whole(request: pytest.FixtureRequest, folder: Path) -> Iterator[Database]:
    """A database as the migrations leave it, of the kind that a fixture is asked for."""
    with ExitStack() as stack:
        if request.param == "postgresql":
            url = stack.enter_context(postgres.copied(request.getfixturevalue("postgresql")))
        else:
            url = f"sqlite:///{shutil.copy(request.getfixturevalue('migrated_sqlite'), folder)}"
        yield stack.enter_context(closing(Database(url)))


@pytest.fixture(params=["sqlite", "postgresql"])
def whole_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of either kind, as the migrations leave it."""
    with whole(request, tmp_path) as database:
        yield database


@pytest.fixture
def migrated(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Database]:
    """A database of its own, as the migrations leave it."""
    shutil.copy(migrated_sqlite, tmp_path / "rollcall.sqlite3")
    with closing(Database(f"sqlite:///{tmp_path}/rollcall.sqlite3")) as database:
        yield database
