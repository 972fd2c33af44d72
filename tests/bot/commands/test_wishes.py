"""Wishes that are no command as it stands: nothing is done, and the answer says what to type."""

import pytest

from bot.commands.verbs import UnknownVerb
from bot.commands.words import Misunderstood
from tests.bot.commands.parsing import parse, pasted
from tests.support.tables import for_each


@for_each("text", ["cancel C02XG0FDJGH5?", "reimage C02A ?", "move C02A to paris kiosk？"])
def test_what_is_done_at_once_is_not_done_on_a_question(text: str) -> None:
    with pytest.raises(Misunderstood, match=r"at once and for one Mac; type it without '\?'"):
        parse(text)


@for_each(
    ("text", "meant"),
    [
        ("C02XG0FDJGH5 stornieren", "cancel C02XG0FDJGH5"),
        ("C02XG0FDJGH5 bitte löschen", "cancel C02XG0FDJGH5"),
        ("can someone cancel C02XG0FDJGH5", "cancel C02XG0FDJGH5"),
        ("scrap C02XG0FDJGH5", "cancel C02XG0FDJGH5"),
        ("C02XG0FDJGH5: redo", "reimage C02XG0FDJGH5"),
        ("mvoe london design C02XG0FDJGH5", "move"),
        ("regster paris kiosk C02XG0FDJGH5", "register"),
    ],
)
def test_a_wish_in_other_words_is_answered_with_the_command_to_type(text: str, meant: str) -> None:
    with pytest.raises(UnknownVerb) as caught:
        parse(text)

    assert [*caught.value.nearest] == [meant]


@for_each(
    "text", ["Home london design C02XG0FDJGH5", "C02XG0FDJGH5 london design stop", "C02XG0FDJGH5"]
)
def test_a_place_or_a_word_of_lists_beside_a_mac_is_no_such_wish(text: str) -> None:
    assert pasted(text) == ["C02XG0FDJGH5"]


@for_each(
    "text",
    [
        "name C02XG0FDJGH5 lab-01\nname C02YK1QWLVDN lab-02",
        "name C02XG0FDJGH5 lab-01, C02YK1QWLVDN lab-02",
    ],
)
def test_the_serial_of_another_mac_is_no_part_of_a_name(text: str) -> None:
    with pytest.raises(Misunderstood, match="One serial and a name"):
        parse(text)
