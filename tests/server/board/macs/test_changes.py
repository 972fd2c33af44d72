"""A Mac is named and replaced on the board, as in Slack; its manifest is restored."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.jobs.models import Job
from provisioning.firstboot.replacements.models import BOARD, Replacement
from provisioning.munki import revisions
from provisioning.munki.models import Revision
from provisioning.registrations.models import Event
from tests.server.board.conftest import Browser, Browsers
from tests.server.board.macs.test_page import HOSTILE, mac_of
from tests.server.machines.asked import registered


def test_a_mac_is_named(alice: Browser, database: Database) -> None:
    registered(database, "C02AAA")
    registered(database, "C02BBB")

    named = alice.post("/board/macs/C02AAA/name", name="lab-1")
    page = alice.get(named.location).text

    assert mac_of(database, "C02AAA").computer_name == "lab-1"
    assert "It has its name." in page
    assert "called lab-1, by Alice &lt;b&gt; (board)" in page
    for name, status in (("lab-1", 409), ("", 400), (HOSTILE, 400), ("x" * 300, 400)):
        refused = alice.post("/board/macs/C02BBB/name", name=name)
        assert (name, refused.status_code) == (name, status)
    assert mac_of(database, "C02BBB").computer_name is None


def test_a_doubtful_name_is_asked_back(alice: Browser, database: Database) -> None:
    registered(database, "C02AAA")
    registered(database, "C02BBB")

    asked = alice.post("/board/macs/C02AAA/name", name="C02BBB.lab")

    assert "Use this name anyway?" in asked.text
    assert mac_of(database, "C02AAA").computer_name is None
    assert alice.post("/board/macs/C02AAA/name", name="C02BBB.lab", sure="yes").status_code == 303
    assert mac_of(database, "C02AAA").computer_name == "C02BBB.lab"


def test_a_board_is_swapped_and_the_old_address_leads_on(
    alice: Browser, database: Database
) -> None:
    registered(database, "C02AAA")

    page = alice.get("/board/macs/C02AAA/replace?new=C02BBB").text
    revision = str(mac_of(database, "C02AAA").revision)
    done = alice.post("/board/macs/C02AAA/replace", new="C02BBB", case="board", seen=revision)

    assert "C02BBB would take the place of C02AAA" in page
    assert done.location == "/board/macs/C02BBB?done=replaced"
    assert "took the place of the other one" in alice.get(done.location).text
    assert alice.get("/board/macs/C02AAA").location == "/board/macs/C02BBB"
    with database.reading() as session:
        (replacement,) = session.scalars(select(Replacement)).all()
    assert (replacement.kind, replacement.by) == (BOARD, "U0ALICE")


def test_a_doubt_about_the_new_serial_is_in_the_readers_language(
    browsers: Browsers, database: Database
) -> None:
    registered(database, "C02AAA")

    page = browsers.of("U0BOB").get("/board/macs/C02AAA/replace?new=C02AXE009").text

    assert "hat 9 Zeichen, Apples Seriennummern haben 10 bis 12; fehlt eines?" in page


def test_what_cannot_be_replaced_is_said(browsers: Browsers, database: Database) -> None:
    registered(database, "C02AAA")
    registered(database, "C02PPP", site="paris")
    alice = browsers.of("U0ALICE")

    for path, status, said in (
        ("C02AAA/replace?new=C02AAA", 409, "is the same Mac"),
        ("C02AAA/replace?new=C02PPP", 409, "cancel that first"),
        ("C02AAA/replace", 400, ""),
        (f"C02AAA/replace?new={quote(HOSTILE)}", 400, ""),
        ("C02PPP/replace?new=C02NEW", 403, "You may not register Macs for Paris."),
    ):
        answer = alice.get(f"/board/macs/{path}")
        assert (path, answer.status_code, said in answer.text) == (path, status, True)
        assert "<script>alert" not in answer.text
    for fields in (
        {"new": "C02NEW", "case": "steal", "seen": "1"},
        {"new": "C02NEW", "case": "keep", "seen": "x"},
        {"new": "C02NEW", "case": "keep", "seen": "99"},
    ):
        assert alice.post("/board/macs/C02AAA/replace", None, **fields).status_code in (400, 409)
    assert mac_of(database, "C02AAA").serial == "C02AAA"
    assert alice.post("/board/macs/C02PPP/name", name="lab").status_code == 403


def test_a_manifest_that_cannot_be_read_is_said_before_a_mac_takes_it(
    alice: Browser, database: Database, repo_folder: Path
) -> None:
    registered(database, "C02AAA")
    (repo_folder / "manifests" / "C02BBB").write_text("no property list <")

    page = alice.get("/board/macs/C02AAA/replace?new=C02BBB")

    assert page.status_code == 409
    assert "The manifest C02BBB in the Munki repo cannot be read" in page.text


def test_a_manifest_is_restored_by_admins_alone(browsers: Browsers, database: Database) -> None:
    registered(database, "C02AAA")
    with database.begin() as session:
        change = Revision(
            name="C02AAA", by=None, via=revisions.API, at=datetime.now(UTC), before=None, after=b""
        )
        session.add(change)
    alice, admin = browsers.of("U0ALICE"), browsers.of("U0ADMIN")

    assert "You may not restore a manifest." in alice.get("/board/macs/C02AAA").text
    assert alice.post("/board/macs/C02AAA/restore/1").status_code == 403
    done = admin.post("/board/macs/C02AAA/restore/1")

    assert "is being restored" in admin.get(done.location).text
    with database.reading() as session:
        (job,) = session.scalars(select(Job).where(Job.what == "restore")).all()
    assert job.facts == {"revision": 1, "by": "U0ADMIN", "via": "board"}


def test_older_history_is_a_page_on(alice: Browser, database: Database) -> None:
    registered(database, "C02AAA")
    with database.begin() as session:
        session.add_all(
            Event(
                registration_id=1,
                what="failed",
                at=datetime.now(UTC),
                after={"site": "london", "build": "design", "step": f"step {number}"},
            )
            for number in range(120)
        )

    newest = alice.get("/board/macs/C02AAA").text
    link = newest.split("?before=")[1].split("#")[0]
    older = alice.get(f"/board/macs/C02AAA?before={link}").text

    assert ("step 119" in newest, "step 19<" in newest, "… and 21 older" in newest) == (
        *(True, False, True),
    )
    assert ("step 119" in older, "step 19<" in older, "registered" in older) == (False, True, True)
    assert alice.get("/board/macs/C02AAA?before=nonsense").text == newest
