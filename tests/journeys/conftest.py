"""Rollcall's processes, no more of them than a test is about, and one browser for all."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from tests.support.installation import Install, Installation
from tests.support.installing import packages

ZONE = ZoneInfo("Asia/Kathmandu")  # of the browser: no server's, and no whole hours from UTC


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


@pytest.fixture(scope="session")
def windows() -> Iterator[BrowserContext]:
    """Chromium without its own windows and menus; each test opens pages, and closes them.

    They share what a browser keeps, but no test's page has the address of another's.
    """
    program = packages.program("chromium-headless-shell")
    packages.need("libatomic.so.1")  # Playwright's driver does
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium.new_context(locale="en-GB", timezone_id=ZONE.key)
        chromium.close()
