"""People who hand Macs in on the board, and the job runner that reads what they hand in."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.imports.models import Import
from provisioning.registrations.models import Registration
from tests.server.board.conftest import Browser, Browsers

HandIn = Callable[..., str]
FIRST, SECOND = "C02XG0FDJGH5", "C02YK1QWLVDN"
HOSTILE = "\"><script>alert(1)</script>'{{7*7}}"
LIST = f"Serial,Site,Build\n{FIRST},london,design\n{SECOND},new york,basic\n"


@pytest.fixture
def hand_in(work_all: Callable[[], None]) -> HandIn:
    """Hand in a form, have it read, and return the path of the import's page."""

    def send(browser: Browser, text: str = "", **fields: Any) -> str:
        answer = browser.post("/board/hand-in", None, text=text, **fields)
        assert answer.status_code == 303, answer.text
        work_all()
        return str(answer.location)

    return send


@pytest.fixture
def bob(browsers: Browsers) -> Browser:
    """Another one, who may register for Paris."""
    return browsers.of("U0BOB")


def seen(browser: Browser, path: str) -> str:
    """The digest of the dry run that a page shows."""
    return browser.get(path).text.split('name="seen" value="')[1].split('"')[0]


def stored(database: Database) -> list[Import]:
    """All imports."""
    with database.reading() as session:
        return list(session.scalars(select(Import).order_by(Import.id)))


def registered(database: Database) -> list[tuple[str, str, str, str]]:
    """The registrations: serial, site, build and state."""
    with database.reading() as session:
        rows = session.scalars(select(Registration).order_by(Registration.serial))
        return [(mac.serial, mac.site, mac.build, mac.state) for mac in rows]
