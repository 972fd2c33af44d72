"""Databases whose schema a test may change."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from infrastructure.database.engine import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    url = f"sqlite:///{tmp_path}/empty.sqlite3"
    if request.param == "postgresql":
        cluster = str(request.getfixturevalue("postgresql"))
        url = f"{cluster}/empty_{uuid4().hex}"
        with psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {url.rsplit('/', 1)[1]} STRATEGY FILE_COPY")
    database = Database(url)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def whole_database(
    request: pytest.FixtureRequest, tmp_path: Path, migrated_sqlite: Path
) -> Iterator[Database]:
    """A database of either kind, as the migrations leave it."""
    if request.param == "postgresql":
        url = str(request.getfixturevalue("own_postgresql_url"))
    else:
        url = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path)}"
    with closing(Database(url)) as database:
        yield database


@pytest.fixture
def migrated(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Database]:
    """A database of its own, as the migrations leave it."""
    shutil.copy(migrated_sqlite, tmp_path / "rollcall.sqlite3")
    with closing(Database(f"sqlite:///{tmp_path}/rollcall.sqlite3")) as database:
        yield database
