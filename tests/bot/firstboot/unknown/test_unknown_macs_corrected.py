"""A serial that was typed wrongly is corrected on the card."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.registrations.models import Event
from tests.bot.firstboot.unknown.asking import choose, open_registrations, register, told
from tests.bot.firstboot.unknown.conftest import Ask
from tests.fakes.slack.people.person import Person
from tests.support import acting
from tests.support.fixtures.doors import DeliverAll, Script
from tests.support.installation import CHANNEL
from tests.support.soaking import in_soak, soak_only
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unhurried", "bot")


@pytest.mark.parametrize(
    "typed",
    [
        "C02XYZ123DEG",
        *in_soak("test_doubtful_serials has all slips", "CO2XYZI23DEF", "C02XYZ123DE"),
    ],
)
def test_a_near_miss_is_corrected_by_one_press(
    ask: Ask,
    alice: Person,
    bob: Person,
    script: Script,
    database: Database,
    deliver_all: DeliverAll,
    typed: str,
) -> None:
    for serial in (typed, "C02NQTATALL2"):
        register(alice, f"{serial} london design")
    card = ask()
    assert f"Did you mean `{typed}`, registered for *london* / *design*" in str(card.blocks)

    bob.click(card, "stranger_correct")

    told(bob, f"The registration of `{typed}` for *london* / *design* is the one of `C02XYZ123DEF`")
    assert ("C02XYZ123DEF", "london", "design", "U0ALICE") in open_registrations(database)
    assert len(open_registrations(database)) == 2
    deliver_all()
    assert f"<@U0BOB> moved the registration of `{typed}` for *london* / *design* here" in card.text
    assert script.manifest(serial="C02XYZ123DEF").status_code == 200


@pytest.mark.postgresql(instead=True)
def test_a_correction_is_an_event_with_both_serials_and_can_be_undone(
    ask: Ask, alice: Person, database: Database
) -> None:
    acting.register(database, "C02XYZ123DEG")
    alice.click(ask(), "stranger_correct")
    told(alice, "The registration of `C02XYZ123DEG`")
    with database.reading() as session:
        event = session.scalars(select(Event).where(Event.what == "corrected")).one()
    assert (event.before or {})["serial"] == "C02XYZ123DEG"
    assert (event.after or {})["serial"] == "C02XYZ123DEF"
    shown = alice.slash("/mac", "show C02XYZ123DEF", channel=CHANNEL)
    assert "given another serial (`C02XYZ123DEG` → `C02XYZ123DEF`)" in str(shown.blocks)

    alice.click(alice.ephemerals[-2], "undo")

    told(alice, "Undone: 1 Mac as before.")
    assert open_registrations(database) == [("C02XYZ123DEG", "london", "design", "U0ALICE")]


def test_an_undone_correction_takes_no_serial_that_is_registered_again(
    ask: Ask, alice: Person, bob: Person, database: Database
) -> None:
    acting.register(database, "C02XYZ123DEG")
    alice.click(ask(), "stranger_correct")
    told(alice, "The registration of `C02XYZ123DEG`")
    corrected = alice.ephemerals[-1]
    register(bob, "C02XYZ123DEG paris basic")

    alice.click(corrected, "undo")

    told(alice, "Left alone")
    assert [mac[0] for mac in open_registrations(database)] == ["C02XYZ123DEF", "C02XYZ123DEG"]


@pytest.mark.parametrize("change", ["move C02XYZ123DEG paris basic", "cancel C02XYZ123DEG"])
def test_a_registration_that_changed_meanwhile_is_not_corrected(
    ask: Ask, alice: Person, bob: Person, database: Database, change: str
) -> None:
    acting.register(database, "C02XYZ123DEG")
    card = ask()
    alice.slash("/mac", change, channel=CHANNEL)
    before = open_registrations(database)

    bob.click(card, "stranger_correct")

    told(bob, "The registration of C02XYZ123DEG changed meanwhile, so it stays as it is")
    assert open_registrations(database) == before


def test_a_mac_that_was_confirmed_meanwhile_keeps_its_registration(
    ask: Ask, alice: Person, script: Script, database: Database
) -> None:
    acting.register(database, "C02XYZ123DEG")
    card = ask()
    assert script.manifest(serial="C02XYZ123DEG").status_code == 200

    alice.click(card, "stranger_correct")

    told(alice, "changed meanwhile")
    assert [mac[0] for mac in open_registrations(database)] == ["C02XYZ123DEG"]


def test_a_mac_that_answered_to_its_serial_once_is_no_slip(
    ask: Ask, alice: Person, script: Script, database: Database
) -> None:
    acting.register(database, "C02XYZ123DEG")
    script.manifest(serial="C02XYZ123DEG")
    alice.slash("/mac", "move C02XYZ123DEG paris basic", channel=CHANNEL)

    assert "Did you mean" not in str(ask().blocks)


@soak_only("test_registering has two at once; one that was registered meanwhile is above")
def test_registering_and_correcting_at_once_give_the_mac_one_registration(
    ask: Ask, alice: Person, bob: Person, database: Database
) -> None:
    acting.register(database, "C02XYZ123DEG")
    card = ask()
    choose(bob, card, "paris", "basic")
    barrier = threading.Barrier(2)

    def press(person: Person, action: str) -> None:
        barrier.wait()
        person.click(card, action)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, [alice, bob], ["stranger_correct", "stranger_register"]))

    eventually(lambda: alice.ephemerals and bob.ephemerals)
    texts = alice.ephemerals[-1].text + bob.ephemerals[-1].text
    assert texts.count("was faster") == 1, texts
    assert [mac[0] for mac in open_registrations(database)].count("C02XYZ123DEF") == 1
