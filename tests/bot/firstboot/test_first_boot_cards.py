"""The card that asks where an unknown Mac goes, and the card of a bench."""

import json
import re
from datetime import timedelta
from typing import Any

from bot.firstboot import bench_blocks, unknown_blocks
from provisioning.firstboot.models import Bench, UnknownMac
from provisioning.munki import Destination
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
