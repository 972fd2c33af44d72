"""Replacements that are refused, each with what to do; nothing is changed."""

import pytest

from provisioning.firstboot.replacements.models import BOARD, MAC
from tests.bot.firstboot.replacements.desk import NEW, OLD, Desk
from tests.fakes.slack import readable
from tests.support.tables import for_each

OTHER = "C02CCCCCCCC3"


def told(desk: Desk, text: str) -> str:
    return readable(desk.typed(text)).replace("\u200b", "")


@for_each(
    ("text", "answer"),
    [
        (f"replace {OLD}", "Two serials, that of the former Mac first: OLD NEW"),
        (f"replace {OLD} {OLD.lower()}", "is the same Mac"),
        (f"replace {OTHER} {NEW}", f"{OTHER} is not registered"),
        (f"replace {OLD[:-1]}2 {NEW}", f"Did you mean *{OLD}*"),
        (f"replace {OLD} site_default", "Munki uses that name itself"),
        (f"replace {OLD} to!be-filled", "is not a serial number"),
    ],
)
def test_serials_that_cannot_be_exchanged_are_told(desk: Desk, text: str, answer: str) -> None:
    assert answer in told(desk, text)
    assert desk.macs() == {OLD: ("confirmed", "lab-07")}


def test_a_serial_that_is_registered_already_is_refused(desk: Desk) -> None:
    desk.register(NEW, "paris", "basic")

    assert f"{NEW} is registered for paris/basic; cancel that first." in told(
        desk, f"replace {OLD} {NEW}"
    )


def test_entries_of_the_other_macs_manifest_are_named(desk: Desk) -> None:
    desk.edit(
        NEW,
        catalogs=["testing"],
        managed_installs=["Slack"],
        managed_uninstalls=[],
        included_manifests=["site_default", "included_manifests/sites/paris", "theirs"],
    )

    answer = told(desk, f"replace {OLD} {NEW}")

    assert f"The manifest {NEW} has entries of its own: managed_installs, theirs." in answer


def test_a_mac_that_was_replaced_takes_no_others_place(desk: Desk) -> None:
    desk.exchange(MAC, keep=True)
    desk.register(OTHER, "paris", "basic")

    assert f"{OLD} was replaced by {NEW}" in told(desk, f"replace {OTHER} {OLD}")


def test_a_serial_one_slip_away_from_another_is_told(desk: Desk) -> None:
    desk.register(OTHER, "paris", "basic")

    assert f"is one slip away from {OTHER}, which is registered" in told(
        desk, f"replace {OLD} {OTHER[:-1]}4"
    )
    assert f"is one slip away from {OLD}" in told(desk, f"replace {OLD} {OLD[:-1]}2")


def test_a_dry_run_of_a_registration_that_changed_since_is_refused(desk: Desk) -> None:
    message = desk.typed(f"replace {OLD} {NEW}")
    desk.typed(f"move {OLD} paris basic")

    assert "changed meanwhile; ask again" in desk.refused(message, "replace_board")
    assert list(desk.macs()) == [OLD]


def test_of_two_people_the_second_is_told_that_it_is_done(desk: Desk) -> None:
    bob = desk.slack.person("U0BOB", name="bob")
    of_bob = desk.typed(f"replace {OLD} {OTHER}", bob)
    desk.exchange(BOARD)

    assert f"{OLD} was replaced by {NEW}" in desk.refused(of_bob, "replace_board", bob)
    assert list(desk.macs()) == [NEW]


@pytest.mark.policy('[sites.paris]\ngroup = "S0PARIS"\n')
class TestAtASiteOfAGroup:
    """A bot whose policy lets only a group register in Paris."""

    def test_only_those_who_may_register_there_replace_its_macs(self, desk: Desk) -> None:
        bob = desk.slack.person("U0BOB", name="bob")
        desk.slack.add_group("S0PARIS", handle="paris", members=["U0BOB"])
        desk.typed(f"register {OTHER} paris basic", bob)

        assert "You may not register Macs for paris." in told(desk, f"replace {OTHER} {NEW}")
        assert "would take the place of" in readable(desk.typed(f"replace {OTHER} {NEW}", bob))
