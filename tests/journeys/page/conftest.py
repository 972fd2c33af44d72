"""A browser, and the page in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.fakes.mac import Mac
from tests.fakes.slack import Workspace
from tests.support import packages
from tests.support.page import Play, ScriptedApp
from tools.demo.page.actions.shortcuts import Shortcut
from tools.demo.page.app import create_app
from tools.demo.page.bench import Bench
from tools.demo.page.people import CAST, gather
from tools.demo.page.serving import Serving

SHORTCUTS = (Shortcut("Read this box", "read", True), Shortcut("Register Macs", "register", False))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, without a window; each test has windows of its own in it."""
    program = packages.program("chromium")
    packages.need("libatomic.so.1")  # Playwright's driver does
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def play(browser: Browser, slack: Workspace) -> Iterator[Play]:
    """The page with a scripted app behind it."""
    gather(slack)
    app = slack.door = ScriptedApp()
    bench = Bench(lambda serial: Mac(serial, "http://127.0.0.1:1", username="", password=""))
    with Serving(create_app(slack, CAST, bench, SHORTCUTS)) as served:
        play = Play(slack, app, served.url, browser)
        yield play
        complaints = list(play.complaints)  # before the windows close in the middle of a request
        for context in browser.contexts:
            context.close()
    assert complaints == []
