"""News: the messages that the whole channel sees."""

import re

from bot.delivery import news
from bot.registrations import batch_card
from provisioning.registrations.models import CANCELLED, CONFIRMED, WAITING
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
    def test_many_macs_whose_scripts_were_wrong_fit_into_one_message(self) -> None:
        wrong = {**FACTS, "overruled": "paris/" + LONGEST}
        many = [{**wrong, "serial": f"{number:064}"} for number in range(600)]
        for batch in ({CONFIRMED: 600}, {CONFIRMED: 600, WAITING: 1}):
            message = news.confirmations(many, batch, card(), None)

            assert faults_in_a_channel(message) == []
            assert message.text.endswith("The same goes for 595 more.")

    @ANY_NAME
    def test_a_confirmation_fits_and_has_no_power_whatever_the_names_are(self, name: str) -> None:
        facts = {**FACTS, "site": name, "build": name, "overruled": f"{name}/{name}"[:160]}
        message = news.confirmation({**facts, "serial": "0" * 64}, NOON)

        assert faults_in_a_channel(message) == []
        assert powerless(written(message))


class TestTrouble:
    @for_each("sentence", [MARKUP, "x" * 5_000, "&" * 5_000, "word " * 1_000], ids=len)
    def test_trouble_fits_and_has_no_power_whatever_went_wrong(self, sentence: str) -> None:
        """An include that an admin wrote into a manifest can be of any length."""
        message = news.trouble({"sentence": sentence}, NOON)

        assert faults_in_a_channel(message) == []
        assert powerless(written(message))
