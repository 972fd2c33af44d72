"""Requests for what only shows something, in other words than those of the commands."""

import pytest

from bot.commands.models import (
    Command,
    DigestCommand,
    EmailCommand,
    ExportCommand,
    FindCommand,
    HelpCommand,
    ListCommand,
    LogCommand,
    PreviewCommand,
    ShowCommand,
    StatisticsCommand,
)
from bot.commands.parsing.verbs import UnknownVerb
from tests.bot.commands.parsing import parse, pasted, places_of
from tests.support.tables import for_each

SHOWN = ShowCommand("C02XG0FDJGH5")


def test_another_word_for_what_shows_something_may_begin_a_list() -> None:
    assert pasted("Open:\nC02XG0FDJGH5 london design") == ["C02XG0FDJGH5"]
    with pytest.raises(UnknownVerb):
        parse("search results for London: C02XG0FDJGH5")


@for_each("text", ["the C02XG0FDJGH5 show room", "C02XG0FDJGH5 list"])
def test_a_verb_behind_a_serial_is_none(text: str) -> None:
    assert pasted(text) == ["C02XG0FDJGH5"]


@for_each(
    ("text", "command"),
    [
        ("show me the list", ListCommand(None)),
        ("show list for london", ListCommand("london")),
        ("show london", ListCommand("london")),
        ("show me everything in paris", ListCommand("paris")),
        ("show the Macs in new york", ListCommand("new york")),
        ("show all", ListCommand(None)),
        ("show my log", LogCommand()),
        ("show help", HelpCommand()),
        ("show tokyo", ShowCommand("tokyo")),
        ("list macs", ListCommand(None)),
        ("list everything", ListCommand(None)),
        ("list waiting", ListCommand(None)),
        ("export csv", ExportCommand(None)),
        ("stats all", StatisticsCommand(None, 4)),
        ("stats last month", StatisticsCommand(None, 4)),
        ("stats london 3 months", StatisticsCommand("london", 13)),
        ("help I can't find my Mac", HelpCommand("find")),
        ("help! nothing works", HelpCommand()),
        ("bench?", HelpCommand("bench")),
        ("register ??", HelpCommand("register")),
        ("move help", HelpCommand("move")),
        ("cancel --help", HelpCommand("cancel")),
        ("list help", HelpCommand("list")),
        ("list?", ListCommand(None)),
        ("find help", FindCommand("help")),
        ("find show log", FindCommand("show log")),
        ("show macs", ListCommand(None)),
        ("show waiting", ListCommand(None)),
        ("list C02XG0FDJGH5", SHOWN),
        ("preview C02A now please", PreviewCommand("C02A", None, None)),
        ("find lab-07 please", FindCommand("lab-07")),
        ("email off please", EmailCommand("off")),
        ("show sites", HelpCommand()),
        ("list builds", HelpCommand()),
        ("how many left in london?", ListCommand("london")),
        ("wie viele fehlen noch in london?", ListCommand("london")),
        ("what's left", ListCommand(None)),
        ("whats left in london", ListCommand("london")),
        ("whats stuck", DigestCommand()),
        ("which ones are left", ListCommand(None)),
        ("who's still waiting?", ListCommand(None)),
        ("Is it done yet", ListCommand(None)),
        ("are they ready?", ListCommand(None)),
        ("sind sie fertig?", ListCommand(None)),
        ("anything in paris?", ListCommand("paris")),
        ("macs for london", ListCommand("london")),
        ("london?", ListCommand("london")),
        ("london status", ListCommand("london")),
        ("liste london", ListCommand("london")),
        ("lista paris", ListCommand("paris")),
        ("what's left in london and paris?", ListCommand(None)),
        ("lista london?", ListCommand("london")),
        ("more in london?", ListCommand("london")),
        ("london pendientes", ListCommand("london")),
        ("new york open", ListCommand("new york")),
        ("all macs in london", ListCommand("london")),
        ("where is lab-07 in london?", ShowCommand("lab-07")),
        ("status of lab-07 in london", ShowCommand("lab-07")),
        ("what about lab-07", ShowCommand("lab-07")),
        ("london macs", ListCommand("london")),
        ("all london macs", ListCommand("london")),
        ("everything in paris", ListCommand("paris")),
        ("what about paris", ListCommand("paris")),
        ("what's in paris?", ListCommand("paris")),
        ("status london", ListCommand("london")),
        ("status", ListCommand(None)),
        ("all done?", ListCommand(None)),
        ("done?", ListCommand(None)),
        ("fertig?", ListCommand(None)),
        ("schon alles fertig?", ListCommand(None)),
        ("tout est prêt ?", ListCommand(None)),
        ("¿ya están listos?", ListCommand(None)),
        ("¿ya está?", ListCommand(None)),
        ("もう終わりましたか？", ListCommand(None)),
        ("is london done yet?", ListCommand("london")),
        ("ist paris fertig?", ListCommand("paris")),
        ("are london and paris done?", ListCommand(None)),
        ("how's kiosk?", ListCommand(None)),
        ("how's paris", ListCommand("paris")),
        ("How’s it going in new york?", ListCommand("new york")),
        ("how are the london macs doing?", ListCommand("london")),
        ("wie läuft's in paris?", ListCommand("paris")),
        ("où en est paris ?", ListCommand("paris")),
        ("¿cómo vamos en paris?", ListCommand("paris")),
        ("londonの状況は？", ListCommand("london")),
        ("london完了", ListCommand("london")),
        ("all macs to do in london", ListCommand("london")),
        ("où en est lab-07 ?", ShowCommand("lab-07")),
        ("wie geht das?", HelpCommand()),
        ("wie geht es jetzt weiter?", HelpCommand()),
        ("show me what's left in paris", ListCommand("paris")),
        ("show me what is stuck", DigestCommand()),
        ("I don't understand", HelpCommand()),
        ("waiting in new york", ListCommand("new york")),
        ("show all macs in london", ListCommand("london")),
        ("il reste quoi à paris ?", ListCommand("paris")),
        ("welche fehlen noch?", ListCommand(None)),
        ("lesquels restent ?", ListCommand(None)),
        ("¿cuáles faltan?", ListCommand(None)),
        ("残りは？", ListCommand(None)),
        ("which ones failed?", DigestCommand()),
        ("list failed", DigestCommand()),
        ("how many failed today?", DigestCommand()),
        ("did everything go through?", DigestCommand()),
        ("what happened today", LogCommand()),
        ("how many did we do this week?", StatisticsCommand(None, 4)),
        ("what can you do?", HelpCommand()),
        ("which sites are there?", HelpCommand()),
        ("has anything failed", DigestCommand()),
        ("what's wrong", DigestCommand()),
        ("any problems?", DigestCommand()),
        ("builds", HelpCommand()),
        ("search ann", FindCommand("ann")),
        ("search for ann please", FindCommand("ann")),
        ("find for", FindCommand("for")),
        ("pending", ListCommand(None)),
        ("welche Macs warten noch", ListCommand(None)),
        ("qu’est-ce qui reste", ListCommand(None)),
        ("pendientes", ListCommand(None)),
        ("あと何台？", ListCommand(None)),
        ("Uebersicht", DigestCommand()),
        ("historique", LogCommand()),
        ("was kannst du", HelpCommand()),
        ("comment annuler", HelpCommand()),
        ("cómo cancelo", HelpCommand()),
        ("history", LogCommand()),
        ("hilfe", HelpCommand()),
        ("??", HelpCommand()),
    ],
)
def test_what_only_shows_something_may_be_asked_for_in_other_words(
    text: str, command: Command
) -> None:
    assert parse(text) == command


@for_each(
    "beginning",
    [
        *("Offene:", "Übersicht neue Macs", "Verlauf", "Voir ci-dessous :\n", "Umziehen:"),
        *("Historial de compras:", "Lista:", "Statut ;", "未完了："),
        *(
            "Fertig?",
            "Neu aufsetzen:",
            "Image again:\n",
            "À refaire :",
            "¿Listo?\n",
            "neuaufsetzen",
        ),
    ],
)
def test_a_list_may_begin_with_a_word_that_alone_asks_for_something(beginning: str) -> None:
    assert places_of(parse(f"{beginning} C02XG0FDJGH5 london design")) == [("london", "design")]
