"""Databases with something in every table, and what a backup says of them."""

import io
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from infrastructure.database.engine import Database
from provisioning.maintenance import backups
from provisioning.maintenance.backups.archives import Archive
from tests.support.databases.rows import fill

Tables = dict[str, list[list[Any]]]


@pytest.fixture
def filled(database: Database) -> Database:
    """A database of either kind with odd rows in every table."""
    with database.begin() as session:
        fill(session.connection())
    return database


@pytest.fixture(scope="module")
def backup(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A good backup of a database with odd rows in every table, shared by a module's tests."""
    path = shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("filled"))
    with closing(Database(f"sqlite:///{path}")) as database:
        with database.begin() as session:
            fill(session.connection())
        return taken(database)


Take = Callable[[Database], bytes]


@pytest.fixture
def take() -> Take:
    """Takes a backup."""

    return taken


def taken(database: Database) -> bytes:
    """A backup of a database."""
    file = io.BytesIO()
    backups.take(database, file)
    return file.getvalue()


def content(backup: bytes) -> Tables:
    """All rows of a backup, by their tables."""
    archive = Archive(io.BytesIO(backup))
    return {section.table: [list(row) for row in rows] for section, rows in archive.sections()}
