"""Rollcall's processes, no more of them than a test is about."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.installation import Install, Installation


@pytest.fixture(scope="session")
def install(migrated_sqlite: Path) -> Install:
    """Makes an installation that needs no `migrate` any more, and whose server is one process.

    It takes what Installation takes.
    """

    def installed(
        folder: Path,
        repo: Path,
        api_url: str,
        *,
        database_url: str | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> Installation:
        if database_url is None:
            shutil.copy(migrated_sqlite, folder / "rollcall.sqlite3")
        few = {"ROLLCALL_WORKERS": "1", **(settings or {})}
        return Installation(folder, repo, api_url, database_url=database_url, settings=few)

    return installed
