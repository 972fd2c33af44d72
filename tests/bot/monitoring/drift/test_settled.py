"""Drifts that people settle: a manifest is put back, or its registration taken over."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from infrastructure.database.engine import Database
from infrastructure.jobs.models import Job
from infrastructure.jobs.runner import JobRunner
from provisioning.monitoring.drift.models import PUT_BACK, Drift
from provisioning.munki import Destination
from provisioning.registrations.models import Event, Registration
from rollcall.application import Application
from rollcall.settings import JobsSettings
from tests.bot.firstboot.unknown.asking import told
from tests.bot.monitoring.conftest import B, Fleet, S
from tests.bot.monitoring.drift.conftest import (
    BACK,
    MAC,
    OVER,
    DriftedMac,
    Work,
    drifted,
    words,
)
from tests.fakes.slack import Person, Workspace
from tests.support.acting import move_now
from tests.support.fixtures.doors import DeliverAll
from tests.support.installation import CHANNEL
from tests.support.soaking import in_soak
from tests.support.waiting import eventually

OURS = ["site_default", f"{S}/london", f"{B}/design"]

pytestmark = pytest.mark.usefixtures("bot", "unhurried")


@pytest.mark.postgresql(instead=True)
def test_a_manifest_is_put_back_and_its_other_keys_stay(
    mac: DriftedMac, deliver_all: DeliverAll, alice: Person, database: Database
) -> None:
    mac.send()
    mac.edit(managed_installs=["Zoom"])

    assert alice.click(mac.message, BACK).status == 200
    told(alice, "is being put back")
    deliver_all()
    assert mac.buttons == []  # before a job has done it
    mac.work()

    assert mac.includes == OURS
    assert mac.keys["managed_installs"] == ["Zoom"]
    assert "<@U0ALICE> had it put back" in mac.words
    assert mac.buttons == []
    with database.reading() as session:
        event = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.what, event.by) == ("put back", "U0ALICE")


@pytest.mark.postgresql(soak=True)
def test_a_registration_follows_its_macs_manifest_and_stays_done_until_that_changes_again(
    mac: DriftedMac, alice: Person, database: Database
) -> None:
    mac.send()

    assert alice.click(mac.message, OVER).status == 200

    told(alice, "is registered for *paris* / *kiosk* now")
    mac.scan()
    with database.reading() as session:
        row = session.scalars(select(Registration)).one()
    assert (row.site, row.build, row.state) == ("paris", "kiosk", "confirmed")
    before = mac.path.read_bytes()
    mac.call()
    assert mac.path.read_bytes() == before
    assert "<@U0ALICE> changed the registration to match" in mac.words
    assert len(mac.messages) == 1
    mac.send("london", "basic")
    assert "leads to *london* / *basic*" in mac.words


@pytest.mark.postgresql(instead=True)
def test_undo_of_a_take_over_registers_the_mac_as_before_and_asks_again(
    mac: DriftedMac, alice: Person, database: Database
) -> None:
    mac.send()
    with database.reading() as session:
        before = session.scalars(select(Registration)).one()
    alice.click(mac.message, OVER)
    told(alice, "is registered for *paris* / *kiosk* now")
    mac.work()
    assert mac.buttons == []

    alice.click(alice.ephemerals[-1], "undo")
    told(alice, "Undone: 1 Mac as before.")
    mac.scan()

    with database.reading() as session:
        row = session.scalars(select(Registration)).one()
    kept = ("site", "build", "state", "includes", "layout", "confirmed_at", "registered_by")
    assert [getattr(row, name) for name in kept] == [getattr(before, name) for name in kept]
    assert len(mac.messages) == 1
    assert mac.buttons == ["Put back", "Take over"]
    alice.click(mac.message, BACK)
    mac.work()
    assert mac.includes == OURS


def test_an_undo_leaves_a_mac_alone_that_was_moved_since(
    mac: DriftedMac, alice: Person, database: Database
) -> None:
    mac.send()
    alice.click(mac.message, OVER)
    told(alice, "is registered for *paris* / *kiosk* now")
    answer = alice.ephemerals[-1]
    alice.slash("/mac", f"move {MAC} paris basic", channel=CHANNEL)

    alice.click(answer, "undo")

    told(alice, "Nothing was undone. Left alone, because they have changed since")
    with database.reading() as session:
        assert session.scalars(select(Registration.site)).one() == "paris"


def test_other_catalogs_are_told_and_put_back(mac: DriftedMac, alice: Person) -> None:
    mac.edit(catalogs=["testing", "production"])

    assert "Its catalogs are *testing*, *production*, and were *production*." in mac.words
    alice.click(mac.message, BACK)
    mac.work()
    assert mac.keys["catalogs"] == ["production"]


@pytest.mark.parametrize(
    ("by", "then"), [(None, "U0BOB"), *in_soak("taken over alike", ("U0ALICE", "U0ALICE"))]
)
def test_other_catalogs_are_taken_over(
    mac: DriftedMac, bob: Person, database: Database, by: str | None, then: str
) -> None:
    """And the Mac stays hers who registered it; one that nobody did is theirs who answered."""
    with database.begin() as session:
        session.execute(update(Registration).values(registered_by=by))
    mac.edit(catalogs=["testing"])

    assert "*Take over*: the manifest stays as it is" in mac.words
    bob.click(mac.message, OVER)
    told(bob, "is registered for *london* / *design* now")
    with database.reading() as session:
        assert session.scalars(select(Registration.registered_by)).one() == then
    mac.edit(notes="touched")

    assert mac.keys["catalogs"] == ["testing"]
    assert len(mac.messages) == 1


def test_a_manifest_that_is_gone_can_only_be_put_back(mac: DriftedMac, alice: Person) -> None:
    mac.path.unlink()
    mac.scan()

    assert f"The manifest of `{MAC}` is gone" in mac.words
    assert mac.buttons == ["Put back"]
    alice.click(mac.message, BACK)
    mac.work()
    assert mac.includes == OURS


@pytest.mark.postgresql(soak=True)
def test_show_looks_at_once_and_has_the_buttons(
    fleet: Fleet, work: Work, slack: Workspace, alice: Person
) -> None:
    fleet.boot(MAC)
    fleet.send(MAC, "paris", "kiosk")

    shown = alice.slash("/mac", f"show {MAC}", channel=CHANNEL)
    alice.click(shown, BACK)
    work()

    assert fleet.keys(MAC)["included_manifests"][1] == f"{S}/london"
    fleet.send(MAC, "paris", "kiosk")
    alice.slash("/mac", f"show {MAC}", channel=CHANNEL)
    work()
    assert "leads to *paris* / *kiosk*" in words(drifted(slack))


@pytest.mark.postgresql(instead=True)
def test_of_two_people_at_once_one_wins_and_the_other_is_told_by_whom(
    mac: DriftedMac, alice: Person, bob: Person
) -> None:
    mac.send()
    message = mac.message

    with ThreadPoolExecutor(2) as pool:
        clicks = [(alice, OVER), (bob, BACK)]
        list(pool.map(lambda click: click[0].click(message, click[1]), clicks))

    eventually(lambda: len(alice.ephemerals) > 0 and len(bob.ephemerals) > 0)
    lost = [each for each in (alice, bob) if "was faster" in each.ephemerals[-1].text]
    assert len(lost) == 1
    mac.work()
    by_alice = lost == [bob]
    assert mac.includes[1] == f"{S}/{'paris' if by_alice else 'london'}"


def test_only_who_may_register_at_the_sites_may_settle_it(
    mac: DriftedMac, slack: Workspace, bob: Person, database: Database
) -> None:
    carol = slack.person("U0CAROL", name="carol")
    mac.send()

    bob.click(mac.message, OVER)
    carol.click(mac.message, BACK)

    told(bob, "You may not")
    told(carol, "You may not")
    with database.reading() as session:
        assert session.scalars(select(Drift.answer)).one() is None


def test_a_manifest_is_put_back_while_its_mac_calls(
    mac: DriftedMac, alice: Person, runner: JobRunner
) -> None:
    mac.send()
    alice.click(mac.message, BACK)

    with ThreadPoolExecutor(2) as pool:
        worked, called = pool.submit(runner.work), pool.submit(mac.call)
    assert worked.result()
    called.result()
    mac.scan()

    assert mac.includes == OURS
    assert len(mac.messages) == 1
    assert mac.buttons == []


def test_a_mac_that_is_moved_before_it_is_put_back_keeps_its_manifest(
    mac: DriftedMac, alice: Person, runner: JobRunner
) -> None:
    mac.send()
    alice.click(mac.message, BACK)
    alice.slash("/mac", f"move {MAC} paris basic", channel=CHANNEL)

    assert runner.work()

    assert mac.includes == ["site_default", f"{S}/paris", f"{B}/kiosk"]
    mac.work()
    assert "waits for another first boot" in mac.words


def test_who_asked_is_told_each_time_that_it_cannot_be_put_back(
    mac: DriftedMac, alice: Person
) -> None:
    mac.send()
    site = mac.path.parent / S / "london"
    kept = site.read_bytes()

    for presses in (1, 2):
        site.unlink()
        alice.click(mac.message, BACK)
        mac.work()

        assert len(alice.dm.messages) == presses
        assert f"The manifest of `{MAC}` was not put back" in alice.dm.messages[-1].text
        assert mac.buttons == ["Put back", "Take over"]
        site.write_bytes(kept)


def test_a_mac_that_is_sent_elsewhere_while_it_is_put_back_keeps_what_was_written_then(
    mac: DriftedMac,
    alice: Person,
    database: Database,
    jobs_settings: JobsSettings,
) -> None:
    mac.send()
    alice.click(mac.message, BACK)
    with database.reading() as session:
        payload = session.scalars(select(Job.facts).where(Job.what == PUT_BACK)).one()
    record = Application(jobs_settings, database=database).job_handlers[PUT_BACK].do(payload)

    move_now(database, MAC, Destination("new york", "basic"))
    mac.call()
    with database.begin() as session:
        record(session, datetime.now(UTC))

    with database.reading() as session:
        registration = session.scalars(select(Registration)).one()
    assert registration.includes
    assert [path for _, path in registration.includes["ours"]] == mac.includes
