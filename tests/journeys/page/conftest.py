"""The page over a Slack of its own, in the browser that all tests share."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from tests.fakes.mac import Mac
from tests.fakes.slack import Workspace
from tests.support.running.page import Play, ScriptedApp
from tools.demo.page.actions.shortcuts import Shortcut
from tools.demo.page.app import create_app
from tools.demo.page.bench import DemoMacs
from tools.demo.page.people import CAST, gather
from tools.demo.page.serving import Serving

SHORTCUTS = (Shortcut("Read this box", "read", True), Shortcut("Register Macs", "register", False))


@pytest.fixture
def play(windows: BrowserContext, slack: Workspace) -> Iterator[Play]:
    """The page with a scripted app behind it."""
    gather(slack)
    app = slack.door = ScriptedApp()
    bench = DemoMacs(lambda serial: Mac(serial, "http://127.0.0.1:1", username="", password=""))
    with Serving(create_app(slack, CAST, bench, SHORTCUTS)) as served:
        play = Play(slack, app, bench, served.url, windows)
        yield play
        complaints = list(play.complaints)  # before the windows close in the middle of a request
        for page in windows.pages:
            page.close()
    assert complaints == []
