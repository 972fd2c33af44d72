"""Questions about Macs: they are answered by what is known, and change nothing."""

import pytest

from bot.commands.models import (
    PasteCommand,
    ShowCommand,
)
from bot.commands.parsing import parser
from bot.commands.parsing.verbs import UnknownVerb
from provisioning.munki.errors import RepoUnusable
from tests.bot.commands.parsing import parse
from tests.support.tables import for_each

SHOWN = ShowCommand("C02XG0FDJGH5")


@for_each(
    "question",
    [
        "where is C02XG0FDJGH5??",
        "did C02XG0FDJGH5 finish?",
        "who registered C02XG0FDJGH5",
        "is C02XG0FDJGH5 under warranty?",
        "status C02XG0FDJGH5",
        "any news on C02XG0FDJGH5?",
        "should I cancel C02XG0FDJGH5?",
        "dov'è C02XG0FDJGH5",
        "Where’s C02XG0FDJGH5 at?",
        "Wie weit ist C02XG0FDJGH5?",
        "ist C02XG0FDJGH5 schon fertig",
        "wer hat C02XG0FDJGH5 registriert?",
        "où en est C02XG0FDJGH5 ?",
        "qui a enregistré C02XG0FDJGH5",
        "¿dónde está C02XG0FDJGH5?",
        "Hola, ¿dónde está C02XG0FDJGH5?",
        "quién registró C02XG0FDJGH5",
        "så C02XG0FDJGH5?",
        "C02XG0FDJGH5 は終わりましたか？",
        "shwo C02XG0FDJGH5",
        "show me the C02XG0FDJGH5 please, it's urgent!",
        "show C02X G0FD JGH5",
        "log for C02XG0FDJGH5",
        "history of C02XG0FDJGH5",
        "C02XG0FDJGH5???",
        "C02XG0FDJGH5 status",
        "may I move C02XG0FDJGH5?",
        "ou est C02XG0FDJGH5",
        "donde esta C02XG0FDJGH5",
        "donde C02XG0FDJGH5",
        "estado C02XG0FDJGH5",
        "statut C02XG0FDJGH5",
        "ver C02XG0FDJGH5",
        "状態 C02XG0FDJGH5",
        "C02XG0FDJGH5 どこですか",
        "check C02XG0FDJGH5",
        "how far is C02XG0FDJGH5",
        "How’s C02XG0FDJGH5",
        "progress C02XG0FDJGH5",
        "whose is C02XG0FDJGH5?",
        "&gt; show C02XG0FDJGH5",
    ],
)
def test_a_question_about_a_mac_is_answered_by_what_is_known_of_it(question: str) -> None:
    assert parse(question) == SHOWN


@for_each("text", ["is C02XG0FDJGH5 for london design?", "why is C02XG0FDJGH5 in paris?"])
def test_a_question_that_names_a_place_too_registers_nothing(text: str) -> None:
    with pytest.raises(UnknownVerb) as caught:
        parse(text)

    assert caught.value.nearest == ["show"]


@for_each("text", ["who has lab-07?", "where is lab-07", "is lab-07 done yet?", "wo ist lab-07"])
def test_a_question_about_a_name_is_one_about_its_mac(text: str) -> None:
    assert parse(text) == ShowCommand("lab-07")


@for_each("text", ["who has lab-07 and lab-08?", "where is the mac\nlab-07"])
def test_a_question_about_several_names_or_lines_is_not_about_one_mac(text: str) -> None:
    with pytest.raises(UnknownVerb) as caught:
        parse(text)
    assert caught.value.nearest == ["show"]


def test_where_the_repo_cannot_be_read_a_site_is_looked_for_as_a_mac() -> None:
    def unreadable() -> list[str]:
        raise RepoUnusable("the disk is gone")

    assert parser.parse("show london", unreadable, unreadable) == ShowCommand("london")


@for_each("text", ["can C02XG0FDJGH5 go to london?", "Could C02XG0FDJGH5 go to paris?"])
def test_a_question_whether_a_mac_may_go_somewhere_asks_about_it(text: str) -> None:
    command = parse(text)

    assert isinstance(command, PasteCommand)
    assert [entry.doubt for entry in command.result.entries] == ["stands in a question"]


@for_each("text", ["C02XG0FDJGH5 london design?", "C02XG0FDJGH5 is london design, right?"])
def test_a_mac_in_a_question_is_asked_about(text: str) -> None:
    command = parse(text)

    assert isinstance(command, PasteCommand)
    assert [entry.doubt for entry in command.result.entries] == ["stands in a question"]


@for_each(
    "text",
    [
        "Could you register C02XG0FDJGH5 for London design?",
        "Hi, could you please add C02XG0FDJGH5 to London, design? Thanks!",
        "Can you set up these for London design: C02XG0FDJGH5?",
        "Pouvez-vous ajouter C02XG0FDJGH5 à London design ?",
        "Könntet ihr C02XG0FDJGH5 für London design einrichten?",
        "¿Podéis registrar C02XG0FDJGH5 para London design?",
        "Potete registrare C02XG0FDJGH5 per London design?",
        "Kunnen jullie C02XG0FDJGH5 voor London design registreren?",
        "C02XG0FDJGH5 を London design に登録してもらえますか?",
        "C02XG0FDJGH5をLondonのdesignに登録できますか？",
    ],
)
def test_a_wish_with_a_question_mark_is_a_wish(text: str) -> None:
    command = parse(text)

    assert isinstance(command, PasteCommand)
    assert [(entry.site, entry.doubt) for entry in command.result.entries] == [("London", None)]


@for_each("text", ["register C02XG0FDJGH5 london design. is C17PW3GZDTY4 for london kiosk?"])
def test_a_question_behind_a_wish_is_one(text: str) -> None:
    command = parse(text)

    assert isinstance(command, PasteCommand)
    assert [entry.doubt for entry in command.result.entries] == [None, "stands in a question"]
