"""The log on the board: who did what, by which door, filtered, page by page, and undone."""

import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from infrastructure.database.engine import Database
from provisioning.registrations.models import Event, Operation
from tests.server.board.conftest import Browser, Browsers
from tests.server.board.registrations.test_table import HOSTILE
from tests.server.machines.asked import registered


def macs_in(browser: Browser, query: str = "") -> list[str]:
    """The Macs of the rows, in their order."""
    return re.findall(r'href="/board/macs/([^"]*)"', browser.get(f"/board/log?{query}").text)


@pytest.mark.postgresql
def test_filters_stand_in_the_address(
    admin: Browser, browsers: Browsers, database: Database
) -> None:
    registered(database, "C02AAA")
    registered(database, "C02BBB", site="paris")
    browsers.of("U0BOB").post("/board/macs/C02BBB/cancel")

    page = admin.get("/board/log").text

    assert macs_in(admin) == ["C02BBB", "C02BBB", "C02AAA"]
    for part in ("Bob</td>", "cancelled 1 Mac", "board</td>", "command</td>", "london / design"):
        assert part in page, part
    for query, found in (
        ("by=U0BOB", ["C02BBB"]),
        ("what=registered", ["C02BBB", "C02AAA"]),
        ("via=board", ["C02BBB"]),
        ("via=board&what=registered", []),
        ("by=nobody", []),
    ):
        assert (query, macs_in(admin, query)) == (query, found)


def test_somebody_of_another_provider_with_a_long_name_is_found(
    admin: Browser, database: Database
) -> None:
    who = f"corp-sso:{'7' * 60} {'Ada ' * 15}Byron"
    registered(database, "C02AAA")
    with database.begin() as session:
        session.execute(update(Operation).values(by=who))

    assert macs_in(admin, f"by={quote(who)}") == ["C02AAA"]


def test_what_was_done_is_undone_from_the_log(
    admin: Browser, browsers: Browsers, database: Database
) -> None:
    registered(database, "C02AAA")
    browsers.of("U0ALICE").post("/board/macs/C02AAA/cancel")
    with database.reading() as session:
        number = session.scalars(select(Operation.id).where(Operation.what == "cancelled")).one()

    form = f'action="/board/log/undo/{number}"'
    assert form in admin.get("/board/log?what=cancelled").text

    undone = admin.post(f"/board/log/undo/{number}", what="cancelled")
    page = admin.get(undone.location).text

    assert form not in page
    assert "Undone. The card in Slack is updated soon." in page
    assert "what=cancelled" in undone.location
    assert ", Ada</td>" in page
    assert "within the last ten minutes" in admin.get("/board/log?what=registered").text


def test_older_ones_are_a_page_on(admin: Browser, database: Database) -> None:
    registered(database, "C02AAA")
    at = datetime.now(UTC) - timedelta(days=1)
    with database.begin() as session:
        for number in range(60):
            session.add(Operation(id=100 + number, what="moved", by="U0ALICE", via="card", at=at))
            session.flush()
            session.add(
                Event(registration_id=1, act_id=100 + number, what="moved", at=at, after={})
            )
        session.add(Operation(what="cancelled", by="U0ALICE", via="card", at=at))  # changed none

    first = admin.get("/board/log?via=card").text
    link = re.search(r'href="(/board/log\?[^"]*before=[^"]*)"', first)

    assert len(macs_in(admin, "via=card")) == 50
    assert link is not None
    older = admin.get(link[1].replace("&amp;", "&")).text
    assert older.count("/board/macs/C02AAA") == 10
    assert 'rel="next"' not in older


def test_the_log_is_for_admins(browsers: Browsers, database: Database) -> None:
    registered(database, "C02AAA")
    alice = browsers.of("U0ALICE")
    refused = alice.get("/board/log")

    assert (refused.status_code, "You may not see who did what." in refused.text) == (403, True)
    assert "/board/log" not in alice.get("/board").text
    assert "/board/log" in browsers.of("U0ADMIN").get("/board").text
    assert browsers.of("U0BOB").post("/board/log/undo/1").status_code in (403, 409)


def test_hostile_text_is_shown_and_does_nothing(admin: Browser, database: Database) -> None:
    registered(database, "C02AAA", site=f"lon{HOSTILE}")
    with database.begin() as session:
        session.execute(update(Operation).values(what=HOSTILE, via=HOSTILE, by=HOSTILE))
    sent = quote(HOSTILE)

    for path in ("/board/log", f"/board/log?by={sent}&what={sent}&via={sent}&before={sent}"):
        assert "<script>alert" not in admin.get(path).text
    assert html.unescape(admin.get("/board/log").text).count(HOSTILE) >= 4
