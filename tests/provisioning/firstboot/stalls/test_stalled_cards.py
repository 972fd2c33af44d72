"""Silent Macs of one card, of several people, and of no person."""

import pytest

from infrastructure.database.engine import Database
from provisioning.firstboot.placement import Requested
from provisioning.munki import Destination
from provisioning.registrations.models import ADOPTED
from provisioning.values.serials import Serial
from tests.provisioning.firstboot.stalls.conftest import Told
from tests.provisioning.firstboot.stalls.silence import EVENING, MORNING, OTHER, Floor
from tests.support import acting
from tests.support.acting import did, undo
from tests.support.fixtures.doors import Clock


def test_the_macs_of_one_card_are_told_together_and_those_heard_since_left_out(
    floor: Floor, clock: Clock, told: Told
) -> None:
    clock.now = EVENING
    floor.registers("C02AAA", "C02BBB", "C02CCC")
    for serial in ("C02AAA", "C02BBB", "C02CCC"):
        floor.says(serial)
    clock.advance(minutes=26)
    assert floor.notices() == 3
    floor.says("C02BBB")
    clock.now = MORNING

    [message] = told()
    assert "2 Macs of yours" in message.text
    assert "C02BBB" not in str(message.blocks)


def test_everybody_is_told_of_their_own_macs(floor: Floor, clock: Clock, told: Told) -> None:
    floor.registers("C02AAA")
    floor.registers("C02BBB", by="U0BOB")
    for serial in ("C02AAA", "C02BBB"):
        floor.says(serial)
    clock.advance(minutes=26)
    floor.notices()

    assert [("U0ALICE" in it.text, "U0BOB" in it.text) for it in told()] == [
        (True, False),
        (False, True),
    ]


def test_an_adopted_mac_is_told_without_a_mention(floor: Floor, clock: Clock, told: Told) -> None:
    floor.registers("C02AAA", by=ADOPTED)
    floor.says("C02AAA")
    clock.advance(minutes=26)
    floor.notices()

    [message] = told()
    assert "A Mac that nobody registered fell silent" in message.text
    assert "<@" not in message.text


@pytest.mark.postgresql(instead=True)
def test_a_mac_that_nobody_registered_is_told_to_its_sites_channel_without_a_mention(
    floor: Floor, clock: Clock, told: Told
) -> None:
    floor.confirms("C02AAA", Requested("paris", "design"))
    floor.says("C02AAA", "Preparing to run workflow Basic...")
    clock.advance(minutes=26)
    floor.notices()

    [message] = told(OTHER)
    assert "A Mac that nobody registered" in message.text
    assert "<@" not in str(message.blocks)


def test_macs_that_wait_failed_or_are_done_do_not_stall(floor: Floor, clock: Clock) -> None:
    floor.registers("C02AAA", "C02BBB", "C02CCC")
    floor.says("C02BBB", "boo", "error")
    floor.says("C02CCC")
    floor.confirms("C02CCC")
    clock.advance(days=2)

    assert floor.notices() == 0


@pytest.mark.postgresql
def test_a_mac_that_undo_sent_back_to_being_imaged_is_missed_too(
    floor: Floor, clock: Clock, database: Database
) -> None:
    floor.registers("C02AAA")
    floor.says("C02AAA")
    with database.begin() as session:
        act = did(session, "moved", by="U0BOB", at=clock())
        destination = Destination("paris", "basic")
        acting.move(session, Serial.parse("C02AAA"), destination, act=act)
    with database.begin() as session:
        undo(session, act.id, by="U0BOB", at=clock())
    assert floor.mac("C02AAA").state == "imaging"
    clock.advance(minutes=26)

    assert floor.notices() == 1
