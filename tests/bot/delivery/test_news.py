"""News: the messages that the whole channel sees."""

import re
from datetime import timedelta

from bot.delivery import news
from bot.registrations import batch_card
from provisioning.registrations.models import CANCELLED, CONFIRMED, WAITING
from provisioning.registrations.queries import MAX_ON_A_CARD
from tests.support.inputs.examples import (
    ANY_NAME,
    LONGEST,
    MARKUP,
    NOON,
    card,
    faults_in_a_channel,
    mac,
    macs,
    written,
)
from tests.support.tables import for_each

FACTS = {
    "serial": "C02ABC123DEF",
    "site": "london",
    "build": "design",
    "registered_by": "U0ALICE",
    "overruled": None,
    "digest": "0123456789ab",
}
EVERYTHING = {"site": LONGEST, "build": LONGEST, "state": CONFIRMED, "confirmed_at": NOON}


def powerless(text: str) -> bool:
    """True where a text mentions, links and formats only what Rollcall means to."""
    allowed = re.sub(
        r"<@U0ALICE>|<!date\^\d+\^\{date_short_pretty\} \{time\}\|[-0-9: ]+UTC>", "", text
    )
    return not re.search(r"[<>]|\*x\*|_x_|~x~|`x`", allowed)


class TestCard:
    def test_a_card_says_how_many_go_where_and_by_whom(self) -> None:
        message = batch_card.batch(card(), {WAITING: 2}, macs(2))

        assert written(message).startswith(
            "2 Macs for *london* / *design*, registered by <@U0ALICE> <!date^1772452800^"
        )
        assert faults_in_a_channel(message) == []

    def test_a_card_shows_every_mac_with_what_became_of_it(self) -> None:
        three = [
            mac("C02AAA"),
            mac("C02BBB", state=CONFIRMED, confirmed_at=NOON, site="paris"),
            mac("C02CCC", state=CANCELLED, closed_at=NOON),
        ]
        message = batch_card.batch(card(), {WAITING: 1, CONFIRMED: 1, CANCELLED: 1}, three)

        assert "• `C02AAA` waiting\n• `C02BBB` confirmed <!date" in written(message)
        assert ">, moved to *paris* / *design*\n• `C02CCC` cancelled\n" in written(message)
        assert written(message).endswith("\n`██████░░░░░░` 1 waiting · 1 confirmed · 1 cancelled")

    def test_one_mac_is_not_called_macs(self) -> None:
        assert written(batch_card.batch(card(), {CONFIRMED: 1}, macs(1))).startswith("1 Mac for ")

    @for_each("number", [20, 21, 10_000])
    def test_what_it_does_not_show_it_counts(self, number: int) -> None:
        message = batch_card.batch(card(), {WAITING: number}, macs(20))

        assert written(message).count("\n• `") == 20
        assert ("… and" in written(message)) == (number > 20)
        if number > 20:
            assert f"\n… and {number - 20:,} more\n" in written(message)
        assert faults_in_a_channel(message) == []

    def test_twenty_macs_are_shown_even_where_more_are_known(self) -> None:
        message = batch_card.batch(card(), {WAITING: 25}, macs(25))

        assert written(message).count("\n• `") == MAX_ON_A_CARD == 20
        assert "\n… and 5 more\n" in written(message)

    def test_what_it_does_not_show_it_counts_even_where_the_names_are_the_longest(self) -> None:
        message = batch_card.batch(card(), {CONFIRMED: 10_000}, macs(20, **EVERYTHING))

        lines = written(message).count("\n• `")
        assert f"\n… and {10_000 - lines:,} more\n" in written(message)

    @ANY_NAME
    @for_each("note", ["", "x" * 200, "&" * 200, "*" * 200], ids=["no note", "long", "&", "*"])
    def test_ten_thousand_macs_fit_whatever_the_places_and_the_note_are(
        self, name: str, note: str
    ) -> None:
        shown = card(site=name, build=name, note=note)
        counts = {WAITING: 3000, CONFIRMED: 6000, CANCELLED: 1000}
        elsewhere = {**EVERYTHING, "build": name}

        assert faults_in_a_channel(batch_card.batch(shown, counts, macs(20, **elsewhere))) == []

    def test_a_note_is_quoted_below_the_head(self) -> None:
        message = batch_card.batch(card(note="room 4, R&D"), {WAITING: 1}, macs(1))
        assert written(message).split("\n")[1] == "> room 4, R&amp;D"

    def test_no_mention_and_no_link_in_a_note_survives(self) -> None:
        message = batch_card.batch(card(note=MARKUP), {WAITING: 1}, macs(1))

        assert "channel" in written(message)
        assert powerless(written(message).replace("\n> ", "\n"))

    def test_no_mention_and_no_link_in_a_name_survives(self) -> None:
        moved = mac(site=MARKUP, build=MARKUP)
        message = batch_card.batch(card(site=MARKUP, build=MARKUP), {WAITING: 2}, [moved, mac()])

        assert powerless(written(message))
        assert powerless(message.text)


class TestConfirmation:
    def test_a_confirmation_names_the_mac_the_place_and_the_person(self) -> None:
        message = news.confirmation(FACTS, None)

        assert written(message) == (
            ":white_check_mark: `C02ABC123DEF` is done: its manifest is written, for "
            "*london* / *design* (`0123456789ab`). Registered by <@U0ALICE>."
        )
        assert message.text == written(message)
        assert faults_in_a_channel(message) == []

    def test_a_confirmation_says_where_nobody_had_registered_the_mac(self) -> None:
        message = news.confirmation({**FACTS, "registered_by": None}, None)
        assert written(message).endswith("Nobody had registered it.")

    def test_many_macs_whose_scripts_were_wrong_fit_into_one_message(self) -> None:
        wrong = {**FACTS, "overruled": "paris/" + LONGEST}
        many = [{**wrong, "serial": f"{number:064}"} for number in range(600)]
        for batch in ({CONFIRMED: 600}, {CONFIRMED: 600, WAITING: 1}):
            message = news.confirmations(many, batch, card(), None)

            assert faults_in_a_channel(message) == []
            assert message.text.endswith("The same goes for 595 more.")

    def test_a_confirmation_says_what_the_registration_overruled(self) -> None:
        message = news.confirmation({**FACTS, "overruled": "paris/<!here>"}, None)
        assert "Its script asked for paris/&lt;!here&gt;; the registration won." in written(message)

    def test_a_confirmation_says_when_it_is_late(self) -> None:
        message = news.confirmation(FACTS, NOON - timedelta(hours=1))
        assert "This happened <!date^1772449200^" in written(message)

    @ANY_NAME
    def test_a_confirmation_fits_and_has_no_power_whatever_the_names_are(self, name: str) -> None:
        facts = {**FACTS, "site": name, "build": name, "overruled": f"{name}/{name}"[:160]}
        message = news.confirmation({**facts, "serial": "0" * 64}, NOON)

        assert faults_in_a_channel(message) == []
        assert powerless(written(message))


class TestTrouble:
    def test_trouble_says_what_is_to_be_mended(self) -> None:
        message = news.trouble({"sentence": "The Munki repo cannot be used."}, None)

        assert written(message) == ":warning: Trouble: The Munki repo cannot be used."
        assert faults_in_a_channel(message) == []

    @for_each("sentence", [MARKUP, "x" * 5_000, "&" * 5_000, "word " * 1_000], ids=len)
    def test_trouble_fits_and_has_no_power_whatever_went_wrong(self, sentence: str) -> None:
        """An include that an admin wrote into a manifest can be of any length."""
        message = news.trouble({"sentence": sentence}, NOON)

        assert faults_in_a_channel(message) == []
        assert powerless(written(message))
