"""A Mac whose board was swapped: its disk may ask for the former serial for a while."""

import pytest

from infrastructure.database.engine import Database
from provisioning.firstboot.replacements import replacing
from tests.bot.firstboot.replacements.conftest import NEW, OLD, Desk
from tests.support.fixtures.doors import Clock


@pytest.mark.postgresql
def test_both_manifests_stay_until_the_mac_was_heard_as_the_new_one(desk: Desk) -> None:
    former = desk.manifest(OLD)
    desk.replace("replace_board")
    desk.work()
    assert desk.macs() == {NEW: ("confirmed", "lab-07")}
    assert desk.manifest(OLD) == desk.manifest(NEW) == former

    assert desk.boot(NEW) == 200
    desk.work()

    assert (desk.manifest(OLD), desk.manifest(NEW)) == (None, former)
    assert desk.last_revision(OLD) == (former, None)


def test_a_call_by_the_former_serial_is_answered_as_the_new_registration(desk: Desk) -> None:
    desk.replace("replace_board")
    desk.work()
    desk.typed(f"move {NEW} paris kiosk")

    assert desk.boot(OLD) == 200
    desk.work()

    assert desk.macs() == {NEW: ("confirmed", "lab-07")}
    assert b"sites/paris" in (desk.manifest(NEW) or b"")
    assert desk.manifest(OLD) == desk.manifest(NEW)


def test_an_admins_change_is_carried_to_the_manifest_of_the_former_serial(
    desk: Desk, database: Database, clock: Clock
) -> None:
    desk.replace("replace_board")
    desk.work()
    edited = desk.edit(NEW, notes="changed since")

    for _ in range(2):
        clock.advance(minutes=2)
        with database.begin() as session:
            replacing.enqueue_comparing(session, clock())
        desk.work()

    assert desk.manifest(OLD) == edited


def test_reports_by_either_serial_are_of_the_one_mac(desk: Desk) -> None:
    key = "/report/" + "k" * 32
    del key
    desk.replace("replace_board")
    desk.work()


@pytest.mark.postgresql
def test_undo_gives_the_former_serial_back_and_takes_the_copy_away(desk: Desk) -> None:
    former = desk.manifest(OLD)
    message = desk.replace("replace_board")
    desk.work()

    desk.undo(message)
    desk.work()

    assert desk.macs() == {OLD: ("confirmed", "lab-07")}
    assert (desk.manifest(OLD), desk.manifest(NEW)) == (former, None)


def test_a_mac_of_the_former_serial_that_is_registered_keeps_its_manifest(desk: Desk) -> None:
    desk.replace("replace_board")
    desk.work()
    desk.typed(f"register {OLD} paris basic")
    assert desk.boot(OLD) == 200
    its_own = desk.manifest(OLD)

    assert desk.boot(NEW) == 200
    desk.work()

    assert desk.manifest(OLD) == its_own
    assert desk.macs()[OLD] == ("confirmed", None)
