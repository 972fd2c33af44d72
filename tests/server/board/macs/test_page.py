"""Macs on the board: found, looked at, changed by the same rules as in Slack."""

import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from infrastructure.database.engine import Database
from provisioning.munki import revisions
from provisioning.munki.models import Revision
from provisioning.outbox.models import CARD
from provisioning.registrations import history
from provisioning.registrations.models import FAILED, IMAGING, Event, Operation, Registration
from provisioning.registrations.names import naming
from tests.server.board.conftest import Browser, Browsers
from tests.server.machines.asked import owed, registered
from tests.support.fixtures.doors import Script

HOSTILE = "\"><script>alert(1)</script>'{{7*7}}"


def mac_of(database: Database, serial: str) -> Registration:
    with database.reading() as session:
        return session.scalars(select(Registration).where(Registration.serial == serial)).one()


@pytest.mark.postgresql
def test_the_board_has_a_column_for_each_state(alice: Browser, database: Database) -> None:
    for serial, state in (("C02WAIT", "waiting"), ("C02FAIL", FAILED), ("C02STALL", IMAGING)):
        registered(database, serial)
        with database.begin() as session:
            values: dict[str, object] = {"state": state}
            if serial == "C02STALL":
                values["mentioned_at"] = datetime.now(UTC)
            session.execute(
                update(Registration).where(Registration.serial == serial).values(**values)
            )

    text = alice.get("/board").text
    at = [text.index(part) for part in ("C02FAIL", "C02STALL", "C02WAIT")]

    assert at == sorted(at)
    assert "3 Macs" in text
    assert '<section class="column stalled"' in text


@pytest.mark.postgresql
def test_a_board_without_macs_leads_to_where_they_are_added(
    alice: Browser, database: Database
) -> None:
    way = '<a class="button" href="/board/hand-in">'

    assert way in alice.get("/board").text
    assert way not in alice.get("/board?site=paris").text
    registered(database, "C02AAA")
    assert way not in alice.get("/board").text


def test_filters_stand_in_the_address(alice: Browser, database: Database) -> None:
    registered(database, "C02LONDON")
    registered(database, "C02PARIS1", site="paris", build="kiosk")

    for query, found in (
        ("site=paris", {"C02PARIS1"}),
        ("build=design", {"C02LONDON"}),
        ("q=c02p", {"C02PARIS1"}),
        ("q=lond", {"C02LONDON"}),
        ("site=paris&build=design", set[str]()),
        ("q=%25", set()),
    ):
        text = alice.get(f"/board?{query}").text
        assert {serial for serial in ("C02LONDON", "C02PARIS1") if serial in text} == found, query


def test_a_browser_that_has_the_page_is_told_so(alice: Browser, database: Database) -> None:
    first = alice.get("/board")
    tag = first.headers["ETag"]

    assert alice.get("/board", If_None_Match=tag).status_code == 304
    registered(database, "C02NEW")
    assert alice.get("/board", If_None_Match=tag).status_code == 200


def test_a_mac_is_moved_and_brought_back(alice: Browser, database: Database) -> None:
    registered(database, "C02AAA")
    before = len(owed(database, CARD))

    moved = alice.post("/board/macs/C02AAA/move", site="new york", build="basic")
    page = alice.get(moved.location)

    assert moved.status_code == 303
    assert (mac_of(database, "C02AAA").site, mac_of(database, "C02AAA").build) == (
        "new york",
        "basic",
    )
    assert len(owed(database, CARD)) > before
    assert "Moved. The card in Slack is updated soon." in page.text
    assert "from london / design to new york / basic, by Alice &lt;b&gt; (board)" in page.text
    with database.reading() as session:
        operation = session.scalars(select(Operation).order_by(Operation.id.desc())).first()
    assert operation is not None
    assert (operation.what, operation.by, operation.via) == ("moved", "U0ALICE", "board")

    undone = alice.post(f"/board/macs/C02AAA/undo/{operation.id}")
    assert undone.status_code == 303
    assert mac_of(database, "C02AAA").site == "london"
    again = alice.post(f"/board/macs/C02AAA/undo/{operation.id}")
    assert (again.status_code, "undone already" in again.text) == (409, True)


def test_a_serial_with_a_slash_has_a_page_and_acts(alice: Browser, database: Database) -> None:
    registered(database, "VM5V/DACSC+K")
    path = "/board/macs/VM5V/DACSC%2BK"

    assert f'href="{path}"' in alice.get("/board").text
    assert alice.get(path).status_code == 200
    moved = alice.post(f"{path}/move", site="new york", build="basic")
    assert (moved.status_code, moved.location) == (303, f"{path}?done=moved")
    with database.reading() as session:
        number = session.scalars(select(Operation.id).order_by(Operation.id.desc())).first()
    assert alice.post(f"{path}/undo/{number}").location == f"{path}?done=undone"
    assert mac_of(database, "VM5V/DACSC+K").site == "london"


def test_a_mac_is_cancelled_and_imaged_again(alice: Browser, database: Database) -> None:
    registered(database, "C02AAA")
    with database.begin() as session:
        session.execute(update(Registration).values(state=FAILED))

    assert alice.post("/board/macs/C02AAA/reimage").status_code == 303
    assert mac_of(database, "C02AAA").state == "waiting"
    assert alice.post("/board/macs/C02AAA/cancel").status_code == 303
    assert mac_of(database, "C02AAA").state == "cancelled"
    page = alice.get("/board/macs/C02AAA").text
    assert page.count("registered no longer") == 5
    again = alice.post("/board/macs/C02AAA/cancel")
    assert (again.status_code, "C02AAA is not registered" in again.text) == (404, True)


def test_the_policy_holds_as_in_slack(browsers: Browsers, database: Database) -> None:
    registered(database, "C02PARIS", site="paris")
    alice, bob = browsers.of("U0ALICE"), browsers.of("U0BOB")

    page = alice.get("/board/macs/C02PARIS").text
    refused = alice.post("/board/macs/C02PARIS/cancel")

    assert page.count("You may not register Macs for Paris.") == 4
    assert "<button disabled" in page
    assert (refused.status_code, mac_of(database, "C02PARIS").state) == (403, "waiting")
    assert "Who can allow it" in refused.text
    registered(database, "C02LONDON")
    there = alice.post("/board/macs/C02LONDON/move", site="paris", build="design")
    assert (there.status_code, mac_of(database, "C02LONDON").site) == (403, "london")
    assert bob.post("/board/macs/C02PARIS/cancel").status_code == 303
    assert browsers.of("U0ADMIN").get("/board/me").text.count("You may not") == 0
    assert "You may not register Macs for Paris" in alice.get("/board/me").text


def test_what_others_did_is_undone_by_admins_alone(browsers: Browsers, database: Database) -> None:
    registered(database, "C02AAA")
    alice, carol = browsers.of("U0ALICE"), browsers.of("U0BOB")
    alice.post("/board/macs/C02AAA/cancel")
    with database.reading() as session:
        number = session.scalars(select(Operation.id).order_by(Operation.id.desc())).first()

    refused = carol.post(f"/board/macs/C02AAA/undo/{number}")

    assert (refused.status_code, mac_of(database, "C02AAA").state) == (403, "cancelled")
    assert browsers.of("U0ADMIN").post(f"/board/macs/C02AAA/undo/{number}").status_code == 303
    assert mac_of(database, "C02AAA").state == "waiting"


def test_names_that_are_none_are_said(alice: Browser, database: Database) -> None:
    registered(database, "C02AAA")

    for path, fields, status in (
        ("/board/macs/C02AAA/move", {"site": "lundon", "build": "design"}, 404),
        ("/board/macs/C02AAA/move", {"site": "london", "build": "design"}, 409),
        ("/board/macs/C02AAA/move", {}, 404),
        ("/board/macs/C02AAA/explode", {}, 404),
        ("/board/macs/%3Cb%3E/cancel", {}, 400),
        ("/board/macs/C02AAA/undo/99", {}, 409),
    ):
        answer = alice.post(path, None, **fields)
        assert (path, answer.status_code) == (path, status)
        assert answer.mimetype == "text/html"
    assert "Did you mean C02AAA?" in alice.get("/board/macs/C02AAB").text


def test_what_the_mac_said_is_none_of_what_was_done_to_it(
    alice: Browser, database: Database, script: Script
) -> None:
    """Nor is a name that was generated for it."""
    registered(database, "C02AAA")
    assert script.manifest(serial="C02AAA").status_code == 200
    alice.post("/board/macs/C02AAA/name", name="lab-1")
    with database.begin() as session:
        mac = session.scalars(select(Registration)).one()
        naming.record(session, mac, history.snapshot(mac), at=datetime.now(UTC))

    page = alice.get("/board/macs/C02AAA").text

    assert "What the Mac said" in page
    said = page.split('data-live="reports"')[1].split("</section>")[0]
    assert re.findall(r"</time> (.*)</li>", said) == ["Confirmed"]


def test_hostile_text_is_shown_and_does_nothing(alice: Browser, database: Database) -> None:
    registered(database, "C02AAA", site=f"lon{HOSTILE}", build=f"des{HOSTILE}")
    with database.begin() as session:
        session.execute(
            update(Registration).values(
                step=HOSTILE, heard_at=datetime.now(UTC), computer_name=HOSTILE, reported_as=HOSTILE
            )
        )
        session.execute(update(Event).values(what=HOSTILE, by=HOSTILE))
        session.add(
            Revision(
                name="C02AAA",
                by=HOSTILE,
                via=revisions.API,
                at=datetime.now(UTC),
                before=None,
                after=HOSTILE.encode(),
            )
        )
    paths = (
        "/board",
        f"/board?q={quote(HOSTILE)}&site={quote(HOSTILE)}",
        "/board/macs/C02AAA",
        f"/board/macs/C02AAA?done={quote(HOSTILE)}",
        f"/board/macs/{quote(HOSTILE, safe='')}",
        f"/board/link?code={quote(HOSTILE)}",
    )
    for path in paths:
        text = alice.get(path).text
        assert "<script>alert" not in text, path
    shown = html.unescape(alice.get("/board/macs/C02AAA").text)
    assert shown.count(HOSTILE) > 5


def test_sessions_are_listed_and_ended(browsers: Browsers) -> None:
    here, there, other = browsers.of("U0ALICE"), browsers.of("U0ALICE"), browsers.of("U0BOB")
    page = here.get("/board/sessions").text
    numbers = [part.split("/")[0] for part in page.split("/board/sessions/")[1:]]

    assert page.count("Test browser") == len(numbers) == 2
    assert other.post(f"/board/sessions/{numbers[0]}/end").status_code == 404
    assert here.post(f"/board/sessions/{numbers[0]}/end").status_code == 303
    assert there.get("/board").location == "/board/sign-in"
    assert here.get("/board").status_code == 200


def test_an_old_operation_cannot_be_undone(alice: Browser, database: Database) -> None:
    registered(database, "C02AAA")
    with database.begin() as session:
        session.execute(update(Operation).values(at=datetime.now(UTC) - timedelta(minutes=11)))

    assert "within the last ten minutes" in alice.get("/board/macs/C02AAA").text
