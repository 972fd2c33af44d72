"""Questions about Macs, and talk for which no verb is there: each is answered with what to do."""

from datetime import timedelta

import pytest

from bot.commands import parser
from bot.commands.models import (
    BenchCommand,
    CancelCommand,
    Command,
    EmailCommand,
    ExportCommand,
    FindCommand,
    HelpCommand,
    ListCommand,
    LogCommand,
    MoveCommand,
    NameCommand,
    PasteCommand,
    PreviewCommand,
    RegisterCommand,
    ReimageCommand,
    ShowCommand,
    StatisticsCommand,
)
from bot.commands.verbs import UnknownVerb
from bot.commands.words import Misunderstood
from infrastructure.database.engine import Database
from provisioning.munki.errors import RepoUnusable
from tests.bot.commands.parsing import parse, pasted
from tests.bot.commands.typed import registrations, typed
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.acting import register
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
        "C02XG0FDJGH5???",
        "C02XG0FDJGH5 status",
        "may I move C02XG0FDJGH5?",
    ],
)
def test_a_question_about_a_mac_is_answered_by_what_is_known_of_it(question: str) -> None:
    assert parse(question) == SHOWN


@for_each("text", ["is C02XG0FDJGH5 for london design?", "why is C02XG0FDJGH5 in paris?"])
def test_a_question_that_names_a_place_too_registers_nothing(text: str) -> None:
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
        ("search ann", FindCommand("ann")),
        ("pending", ListCommand(None)),
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
    "text",
    [
        "cancel C02XG0FDJGH5 tomorrow",
        "reimage C02XG0FDJGH5 on Monday",
        "cancel C02XG0FDJGH5 and the rest",
        "please cancel both C02XG0FDJGH5",
        "move C02XG0FDJGH5 to paris kiosk next week",
        "cancel C02XG0FDJGH5 both",
        "cancel C02XG0FDJGH5 if it is not done",
        "cancel C02XG0FDJGH5 later",
    ],
)
def test_what_is_wanted_later_or_for_others_too_is_not_done_at_once(text: str) -> None:
    with pytest.raises(Misunderstood, match="at once and for one Mac; type it without"):
        parse(text)


@for_each(
    ("text", "command"),
    [
        ("cancel C02XG0FDJGH5 now please", CancelCommand("C02XG0FDJGH5")),
        ("can you cancel C02XG0FDJGH5?", CancelCommand("C02XG0FDJGH5")),
        ("cancel C02XG0FDJGH5, please?", CancelCommand("C02XG0FDJGH5")),
        ("I want to cancel C02XG0FDJGH5", CancelCommand("C02XG0FDJGH5")),
        ("pls just reimage C02XG0FDJGH5", ReimageCommand("C02XG0FDJGH5")),
        ("We'd like to move C02A to paris kiosk", MoveCommand("C02A", "paris", "kiosk")),
        ("ok, show C02XG0FDJGH5", SHOWN),
        ("@Rollcall: show C02XG0FDJGH5", SHOWN),
        ("Hi Rollcall, show C02XG0FDJGH5", SHOWN),
        ("Guten Morgen! Bitte show C02XG0FDJGH5", SHOWN),
        ("reimage the C02X-G0FD-JGH5 asap", ReimageCommand("C02XG0FDJGH5")),
        ("cancel C02X G0FD JGH5", CancelCommand("C02XG0FDJGH5")),
        ("move C02A to paris kiosk instead", MoveCommand("C02A", "paris", "kiosk")),
        ("move C02A to paris kiosk now, thanks", MoveCommand("C02A", "paris", "kiosk")),
    ],
)
def test_what_is_wanted_at_once_is_done(text: str, command: Command) -> None:
    assert parse(text) == command


@for_each(
    ("text", "name"),
    [
        ("name C02A lab-07 please", "lab-07"),
        ("name C02A lab 07, thanks!", "lab 07"),
        ("name C02A lab-07 danke", "lab-07"),
    ],
)
def test_courtesy_behind_a_name_is_no_part_of_it(text: str, name: str) -> None:
    assert parse(text) == NameCommand("C02A", name)
    registered = text.replace("name C02A", "register C02A london design named")
    assert parse(registered) == RegisterCommand("C02A", "london", "design", name)


@for_each(
    "text",
    [
        *("move C02A to kiosk", "move C02A to paris", "move C02A now please"),
        *("move C02A to the kiosk build", "move C02A from london to paris"),
    ],
)
def test_a_move_to_one_name_is_asked_for_the_other(text: str) -> None:
    with pytest.raises(Misunderstood, match="One serial, a site and a build"):
        parse(text)


@for_each(
    ("text", "command"),
    [
        ("name C02A Anna's MacBook Pro", NameCommand("C02A", "Anna's MacBook Pro")),
        ("name C02A Chris’ Mac", NameCommand("C02A", "Chris' Mac")),
        ("find l’atelier", FindCommand("l'atelier")),
        ("list 'new york'", ListCommand("new york")),
        ("register C02A london design named 'Dr. No'", "Dr. No"),
        ("register C02A london design named Bob's Mac", "Bob's Mac"),
    ],
)
def test_an_apostrophe_is_a_letter(text: str, command: Command | str) -> None:
    if isinstance(command, str):
        command = RegisterCommand("C02A", "london", "design", command)
    assert parse(text) == command


@for_each(
    ("text", "nearest"),
    [
        ("how many left in london?", ["list"]),
        ("wie viele fehlen noch in london?", ["list"]),
        ("combien il en reste ?", ["list"]),
        ("what's left", ["list"]),
        ("which ones are left", ["list"]),
        ("who's still waiting?", ["list"]),
        ("welche fehlen noch?", ["list"]),
        ("lesquels restent ?", ["list"]),
        ("¿cuáles faltan?", ["list"]),
        ("残りは？", ["list"]),
        ("which ones failed?", ["digest"]),
        ("list failed", ["digest"]),
        ("did everything go through?", ["digest"]),
        ("what happened today", ["log"]),
        ("how many did we do this week?", ["stats", "list"]),
        ("what can you do?", ["help"]),
        ("which sites are there?", ["help"]),
        ("has anything failed", ["digest"]),
        ("what's wrong", ["digest"]),
        ("any problems?", ["digest"]),
        ("builds", ["help"]),
        ("how do I cancel", ["help cancel"]),
        ("hello? anybody there", ["help"]),
        ("open a digest", ["list"]),
        ("I want a template", ["template"]),
        ("retry C02XG0FDJGH5", ["reimage"]),
        ("welche Standorte gibt es?", []),
        ("exit", []),
        ("it doesn't work", []),
    ],
)
def test_talk_is_answered_with_the_verb_that_is_meant_and_with_no_chance_likeness(
    text: str, nearest: list[str]
) -> None:
    with pytest.raises(UnknownVerb) as caught:
        parse(text)

    assert [*caught.value.nearest] == nearest


HINTS = (
    ("deshaz eso", "*Undo* is the button below the answer"),
    ("all of them to paris", "for several Macs use the buttons of their card"),
    ("not that one", "Type the command and one serial"),
    ("don't cancel C02XG0FDJGH5", "Nothing was changed. "),
    ("never mind", "Nothing was changed. "),
    ("thx!", "You are welcome. "),
    ("undo that please", "*Undo* is the button below the answer"),
    ("yes!", "Press the button below what Rollcall asked. "),
    ("no", "Press the button below what Rollcall asked. "),
    ("はい", "Press the button below what Rollcall asked. "),
    ("my macs", "find your @name"),
    ("list mine", "find your @name"),
    ("show me my macs", "find your @name"),
    ("stop the bench", "The button on the card of a bench ends it. "),
    ("bench off", "The button on the card of a bench ends it. "),
    (
        "cancel all",
        "Nobody has registered all. Type the command and one serial",
    ),
    ("reimage them all", "for several Macs use the buttons of their card"),
)


@pytest.mark.usefixtures("bot")
def test_what_no_verb_does_is_answered_with_how_it_is_done(
    alice: Person, database: Database
) -> None:
    register(database, "C02XG0FDJGH5")
    before = registrations(database)

    answers = {text: typed(alice, text) for text, _ in HINTS}

    assert {text: fix for text, fix in HINTS if fix not in answers[text]} == {}
    assert [text for text in answers if "Did you mean" in answers[text]] == []
    assert [text for text, _ in HINTS[:6] if "There is no command" in answers[text]] == []
    assert registrations(database) == before


@pytest.mark.usefixtures("bot")
def test_a_sentence_ends_as_the_readers_language_has_it(slack: Workspace) -> None:
    yuki = slack.person("U0YUKI", locale="ja-JP")

    assert typed(yuki, "frobnicate").startswith("コマンド 'frobnicate' はありません。 ")


def test_a_bench_at_a_site_that_is_called_like_an_end_is_opened() -> None:
    assert parse("bench end design 3") == BenchCommand("end", "design", 3, timedelta(hours=2))
