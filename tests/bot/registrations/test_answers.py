"""Answers to the person who typed a command."""

import json
from collections.abc import Sequence

from bot.registrations import blocks
from bot.slack.markup import Message
from provisioning.munki import Destination
from provisioning.registrations.models import CANCELLED, CONFIRMED, Registration
from provisioning.registrations.register import RegisterResult
from tests.support.fixtures.repo import LONDON, PARIS
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
    macs,
    shown,
    written,
)
from tests.support.tables import for_each

FAR = {"site": LONGEST, "build": LONGEST}
DONE = {"state": CONFIRMED, "confirmed_at": NOON, "registered_by": "U" + "0" * 20}
THERE = Destination(LONGEST, LONGEST)


def batch(registered: int = 0, already: Sequence[Registration] = ()) -> RegisterResult:
    return RegisterResult(registered, list(already), card() if registered else None)


def buttons(message: Message) -> list[dict[str, str]]:
    """The values that the buttons of a message carry."""
    return [json.loads(b["accessory"]["value"]) for b in shown(message) if "accessory" in b]


class TestRegistered:
    @for_each(("number", "words"), [(1, "1 Mac"), (2, "2 Macs"), (10_000, "10,000 Macs")])
    def test_new_registrations_are_counted(self, number: int, words: str) -> None:
        message = blocks.registered(batch(number), LONDON, ACT)

        assert written(message) == f"Registered {words} for *london* / *design*."
        assert faults(message) == []

    def test_one_that_goes_there_already_is_named_and_needs_no_button(self) -> None:
        message = blocks.registered(batch(1, [mac("C02XYZ")]), LONDON, ACT)

        assert "1 Mac was registered for that already:\n• `C02XYZ`" in written(message)
        assert buttons(message) == []
        assert faults(message) == []

    def test_one_that_goes_elsewhere_is_named_with_a_button_that_moves_it(self) -> None:
        message = blocks.registered(batch(0, [mac("C02XYZ")]), PARIS, ACT)

        assert "1 Mac already registered elsewhere, unchanged:\n`C02XYZ`" in written(message)
        assert buttons(message) == [{"serial": "C02XYZ", "site": "paris", "build": "kiosk"}]
        assert "registered elsewhere" in message.text

    @for_each("name", [LONGEST, WORST, MARKUP, "🍎" * 63, "\\" * 75], ids=len)
    def test_fifty_conflicts_fit_whatever_the_places_are_called(self, name: str) -> None:
        message = blocks.registered(
            batch(3, macs(50, site=name, build=name, **DONE)), Destination(name, "other"), ACT
        )

        assert faults(message) == []
        assert len(buttons(message)) == blocks.MAX_BUTTONS
        assert "50 Macs already registered elsewhere" in message.text

    @for_each("number", [11, 50, 1000])
    def test_any_number_of_macs_that_go_there_already_fits(self, number: int) -> None:
        message = blocks.registered(batch(0, macs(number, **FAR, **DONE)), THERE, ACT)

        assert faults(message) == []
        assert f"{number:,} Macs were registered for that already" in written(message)

    def test_the_question_before_a_move_shows_names_and_no_markup(self) -> None:
        message = blocks.registered(batch(0, [mac()]), Destination(MARKUP, "*kiosk*"), ACT)

        [question] = [b["accessory"]["confirm"]["text"] for b in shown(message) if "accessory" in b]
        assert question["type"] == "plain_text" or "<" not in question["text"]


class TestMovedAndCancelled:
    def test_a_move_says_from_where_to_where(self) -> None:
        message = blocks.moved(mac(), PARIS, ACT)

        assert written(message).startswith(
            "Moved `C02ABC123DEF` from *london* / *design* to *paris* / *kiosk*."
        )
        assert faults(message) == []

    def test_a_cancellation_says_whose_registration_it_was(self) -> None:
        message = blocks.cancelled(mac(state=CANCELLED), ACT)

        assert "Cancelled `C02ABC123DEF` for *london* / *design*" in message.text
        assert "registered by <@U0ALICE>" in message.text
        assert faults(message) == []

    @ANY_NAME
    def test_a_move_and_a_cancellation_fit_whatever_the_places_are_called(self, name: str) -> None:
        place = Destination(name, name)
        far = mac("0" * 64, site=name, build=name)

        for message in (blocks.moved(far, PARIS, ACT), blocks.moved(mac(), place, ACT)):
            assert faults(message) == []
        assert faults(blocks.cancelled(far, ACT)) == []
