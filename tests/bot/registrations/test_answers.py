"""Answers to the person who typed a command."""

import json

from bot.registrations import blocks
from bot.slack.markup import Message
from provisioning.maintenance.acts.registering import RegisteredMac
from provisioning.munki import Destination
from provisioning.registrations.models import CONFIRMED, Registration
from provisioning.registrations.register import RegisterResult
from provisioning.values.serials import Serial
from tests.support.fixtures.repo import PARIS
from tests.support.inputs.examples import (
    ACT,
    ANY_NAME,
    LONGEST,
    MARKUP,
    NOON,
    WORST,
    card,
    faults,
    mac,
    shown,
    written,
)
from tests.support.tables import for_each

DONE = {"state": CONFIRMED, "confirmed_at": NOON, "registered_by": "U" + "0" * 20}


def registered(to: Destination, *already: Registration) -> Message:
    """The answer where a Mac is registered, or is `already`."""
    batch = RegisterResult(0 if already else 1, [*already], None if already else card())
    return blocks.registered(RegisteredMac(batch, to, ACT, None), Serial("c02xyz"))


def buttons(message: Message) -> list[dict[str, str]]:
    """The values that the buttons of a message carry."""
    return [json.loads(b["accessory"]["value"]) for b in shown(message) if "accessory" in b]


class TestRegistered:
    @for_each("name", ["london", LONGEST, WORST, MARKUP, "🍎" * 63, "\\" * 75], ids=len)
    def test_one_that_goes_elsewhere_is_named_with_a_button_that_moves_it(self, name: str) -> None:
        message = registered(Destination(name, "other"), mac("C02XYZ", site=name, **DONE))

        assert "Registered elsewhere already, unchanged:\n`C02XYZ`" in written(message)
        assert buttons(message) == [{"serial": "C02XYZ", "site": name, "build": "other"}]
        assert "`C02XYZ`" in message.text
        assert faults(message) == []

    def test_the_question_before_a_move_shows_names_and_no_markup(self) -> None:
        message = registered(Destination(MARKUP, "*kiosk*"), mac())

        [question] = [b["accessory"]["confirm"]["text"] for b in shown(message) if "accessory" in b]
        assert question["type"] == "plain_text" or "<" not in question["text"]


class TestMovedAndCancelled:
    @ANY_NAME
    def test_a_move_and_a_cancellation_fit_whatever_the_places_are_called(self, name: str) -> None:
        place = Destination(name, name)
        far = mac("0" * 64, site=name, build=name)

        for moved in ((far, PARIS), (mac(), place)):
            message = blocks.moved(*moved, ACT, is_prestaged=True)
            assert faults(message) == []
        assert faults(blocks.cancelled(far, ACT)) == []
