"""The card that asks where an unknown Mac goes, and the card of a bench."""

import json
import re
from datetime import timedelta
from typing import Any

from bot.firstboot import bench_blocks, unknown_blocks
from provisioning.firstboot.models import Bench, UnknownMac
from provisioning.munki import Destination
from provisioning.registrations.models import ADOPTED, CANCELLED, CONFIRMED
from provisioning.values.kinds import BUILD, SITE
from tests.support.inputs.examples import (
    ACT,
    ANY_NAME,
    NOON,
    card,
    faults,
    faults_in_a_channel,
    mac,
    macs,
    shown,
    written,
)
from tests.support.tables import for_each

LONGEST_SERIAL = "C" * 64


def stranger(**keys: Any) -> UnknownMac:
    """A Mac that asked at noon, and is asked about since."""
    given = {
        "id": 7,
        "serial": "C02XYZ123DEF",
        "reported_as": "C02XYZ123DEF",
        "card_id": 1,
        "first_at": NOON,
        "last_at": NOON,
        **keys,
    }
    return UnknownMac(**given)


def bench(**keys: Any) -> Bench:
    """A bench for twelve Macs that go to London until two, unless told otherwise."""
    given = {
        "id": 9,
        "by": "U0ALICE",
        "site": "london",
        "build": "design",
        "wanted": 12,
        "taken": 3,
        "until": NOON + timedelta(hours=2),
        "created_at": NOON,
        **keys,
    }
    return Bench(**given)


class TestAsking:
    def test_the_card_of_an_unknown_mac_offers_two_menus_and_two_buttons(self) -> None:
        message = unknown_blocks.asking(stranger(), None)

        menus, buttons = [block["elements"] for block in shown(message)[1:]]
        assert [menu["action_id"] for menu in menus] == [SITE, BUILD]
        assert [menu["min_query_length"] for menu in menus] == [0, 0]
        assert [(button["text"]["text"], button["value"]) for button in buttons] == [
            ("Register", "7"),
            ("Not ours", "7"),
        ]
        assert faults_in_a_channel(message) == []

    @ANY_NAME
    def test_a_registration_that_may_be_a_slip_is_offered_whatever_its_names(
        self, name: str
    ) -> None:
        meant = mac(LONGEST_SERIAL, id=3, revision=2, site=name, build=name)
        message = unknown_blocks.asking(stranger(reported_as=LONGEST_SERIAL), meant)

        assert "Did you mean `CCC" in written(message)
        assert "<!channel>" not in written(message)
        button = shown(message)[1]["accessory"]
        assert json.loads(button["value"]) == {"stranger": 7, "mac": 3, "revision": 2}
        assert faults_in_a_channel(message) == []


class TestSettled:
    def test_a_settled_card_says_who_registered_the_mac_and_for_what(self) -> None:
        message = unknown_blocks.settled(stranger(settled_by="U0ALICE"), mac(), None)

        assert "<@U0ALICE> registered it for *london* / *design*." in written(message)
        assert [block["type"] for block in shown(message)] == ["section"]

    @for_each(
        ("keys", "words"),
        [
            ({"state": CONFIRMED, "confirmed_at": NOON}, "its manifest is written <!date^"),
            ({"state": CANCELLED}, "that was undone"),
            ({"step": "Restoring <DMG>"}, ": Restoring &lt;DMG&gt;."),
            ({"registered_by": None}, "Its own script says that it is for *london*"),
            ({"registered_by": ADOPTED}, "It was adopted for *london*"),
        ],
    )
    def test_a_settled_card_says_how_far_the_mac_is(self, keys: dict[str, Any], words: str) -> None:
        assert words in written(unknown_blocks.settled(stranger(), mac(**keys), None))

    def test_a_settled_card_says_whose_registration_was_moved_here_and_by_whom(self) -> None:
        message = unknown_blocks.settled(stranger(settled_by="U0BOB"), mac(), "C02XYZ123DEG")

        assert "<@U0BOB> moved the registration of `C02XYZ123DEG`" in written(message)
        assert "which <@U0ALICE> had made" in written(message)

    def test_a_settled_card_says_who_said_that_the_mac_is_not_ours(self) -> None:
        message = unknown_blocks.settled(stranger(settled_by="U0BOB"), None, None)

        assert "<@U0BOB> says that it is not ours." in written(message)

    @ANY_NAME
    def test_whatever_the_names_slack_takes_it(self, name: str) -> None:
        there = mac(LONGEST_SERIAL, site=name, build=name, step=name)
        for was in (None, LONGEST_SERIAL):
            message = unknown_blocks.settled(stranger(reported_as=LONGEST_SERIAL), there, was)
            assert faults_in_a_channel(message) == []
            assert "<!channel>" not in written(message)


class TestTold:
    @ANY_NAME
    def test_every_answer_is_one_that_slack_shows(self, name: str) -> None:
        there = mac(LONGEST_SERIAL, site=name, build=name)
        asked = stranger(reported_as=LONGEST_SERIAL)
        for message in (
            unknown_blocks.registered(asked, Destination(name, name), ACT),
            unknown_blocks.corrected(there, LONGEST_SERIAL, ACT),
            unknown_blocks.dismissed(asked),
            unknown_blocks.incomplete("", ""),
            bench_blocks.opened(bench(site=name, build=name), ACT),
            bench_blocks.occupied(bench(site=name, build=name)),
            bench_blocks.ended(bench()),
        ):
            assert faults(message) == []
            assert "<!channel>" not in written(message)


class TestBench:
    def test_the_card_of_a_bench_says_whose_it_is_where_to_how_far_and_until_when(self) -> None:
        members = [mac("C02XYZ123DEF"), mac("C02XYZ123DEG", state=CONFIRMED, confirmed_at=NOON)]
        message = bench_blocks.card(bench(), card(id=5), {"waiting": 1, "confirmed": 1}, members)

        text = written(message)
        assert "Bench of <@U0ALICE> for *london* / *design*: 3 of 12 taken." in text
        assert "whose script names no place go there, until <!date^" in text
        assert "• `C02XYZ123DEF` waiting" in text
        assert "1 waiting · 1 confirmed" in text
        assert shown(message)[-2]["elements"][0]["value"] == "5"
        button = shown(message)[0]["accessory"]
        assert (button["action_id"], button["value"]) == (bench_blocks.END, "9")

    @for_each(
        ("keys", "words"),
        [
            ({"taken": 12}, "Full since <!date^"),
            ({}, "Its time ran out <!date^"),
            ({"ended_by": "U0BOB"}, "Ended by <@U0BOB> <!date^"),
        ],
    )
    def test_the_card_of_a_bench_says_why_it_is_over(
        self, keys: dict[str, Any], words: str
    ) -> None:
        message = bench_blocks.card(bench(ended_at=NOON, **keys), card(), {}, [])

        assert words in written(message)
        assert "actions" not in [block["type"] for block in shown(message)]
        assert faults_in_a_channel(message) == []

    @ANY_NAME
    def test_two_hundred_macs_and_the_longest_names_fit(self, name: str) -> None:
        message = bench_blocks.card(
            bench(site=name, build=name, wanted=200, taken=199),
            card(id=5, site=name, build=name),
            {"waiting": 199},
            macs(20, site=name, build=name, step=name),
        )

        assert re.search(r"… and 1[789][0-9] more", written(message))
        assert (
            "The next Mac that nobody registered and whose script names no place goes there"
            in written(message)
        )
        assert faults_in_a_channel(message) == []
