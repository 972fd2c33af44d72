"""Commands as people write them: in other words, in another order, with marks around them."""

from datetime import timedelta

import pytest

from bot.commands.models import (
    BenchCommand,
    CancelCommand,
    Command,
    ExportCommand,
    FindCommand,
    HelpCommand,
    ListCommand,
    MoveCommand,
    NameCommand,
    PreviewCommand,
    RegisterCommand,
    ReimageCommand,
    ReplaceCommand,
    ShowCommand,
    SignInCommand,
    StatisticsCommand,
)
from bot.commands.parsing import parser
from bot.commands.parsing.words import Misunderstood
from tests.bot.commands.parsing import parse, pasted, places_of
from tests.support.tables import for_each

MOVED, REPLACED = MoveCommand("C02A", "paris", "kiosk"), ReplaceCommand("C02A", "C02B")


@for_each(
    ("text", "command"),
    [
        ("register C02A. london design.", RegisterCommand("C02A", "london", "design")),
        ("register: C02A; london; design", RegisterCommand("C02A", "london", "design")),
        ("list london.", ListCommand("london")),
        ("help!", HelpCommand()),
        ("Hi, could you please show C02A?", ShowCommand("C02A")),
        ("please register C02A london design", RegisterCommand("C02A", "london", "design")),
        ("show me C02A please", ShowCommand("C02A")),
        *(
            (f"show {written}", ShowCommand("C02A"))
            for written in ("SN:C02A", "S/N C02A", "#C02A…")
        ),
        ("ｓｈｏｗ　Ｃ０２Ａ", ShowCommand("C02A")),
        ("move C02A to paris as kiosk", MOVED),
        ("move C02A → paris, kiosk!", MOVED),
        ("move C02A from london to paris as a kiosk", MOVED),
        ("Move C02A nach paris als kiosk", MOVED),
        ("move C02A kiosk paris", MOVED),
        ("move C02A back to paris kiosk", MOVED),
        ("move paris kiosk C02A", MOVED),
        ("stats london 12 weeks", StatisticsCommand("london", 12)),
        ("list new york", ListCommand("new york")),
        ("export new york", ExportCommand("new york")),
        ("stats new york 8", StatisticsCommand("new york", 8)),
        ("preview C02A new york kiosk", PreviewCommand("C02A", "new york", "kiosk")),
        ("list in london please", ListCommand("london")),
        ("list all", ListCommand(None)),
        ("stats 12 for London", StatisticsCommand("London", 12)),
        ("bench 12 new york kiosk", BenchCommand("new york", "kiosk", 12, timedelta(hours=2))),
        ("bench london design 12 Macs", BenchCommand("london", "design", 12, timedelta(hours=2))),
        (
            "register C02A design paris named lab–07",
            RegisterCommand("C02A", "paris", "design", "lab-07"),
        ),
        ("name C02A as lab-07", NameCommand("C02A", "lab-07")),
        ("name C02A to be lab-07", NameCommand("C02A", "lab-07")),
        ("name C02A called lab-07", NameCommand("C02A", "lab-07")),
        ("name C02A should be called lab-07", NameCommand("C02A", "lab-07")),
        ("name lab-07 C02XG0FDJGH5", NameCommand("C02XG0FDJGH5", "lab-07")),
        ("help me", HelpCommand()),
        ("ok, help!", HelpCommand()),
        ("help me with move", HelpCommand("move")),
        *((f"replace C02A {word} C02B", REPLACED) for word in ("with", "by", "→", "->")),
        ("name C02A “lab‑07”", NameCommand("C02A", "lab-07")),
        ("name C02A Reception No. 3", NameCommand("C02A", "Reception No. 3")),
        ("find St. Gallen", FindCommand("St. Gallen")),
        ('find St. "Gallen"', FindCommand("St. Gallen")),
        ("name C02A Acme Inc.", NameCommand("C02A", "Acme Inc.")),
        ("name C02A lab-07.", NameCommand("C02A", "lab-07")),
        ("name C02A 'Dr. No'", NameCommand("C02A", "Dr. No")),
        ("move C02A 'Acme Inc.' design.", MoveCommand("C02A", "Acme Inc.", "design")),
        ("cancel the registration of C02A", CancelCommand("C02A")),
        ("show serial number C02A now", ShowCommand("C02A")),
        ("reimage C02A again please", ReimageCommand("C02A")),
        ("list all Macs", ListCommand(None)),
        ("stats last 8 weeks", StatisticsCommand(None, 8)),
        ("name lab-07 for C02XG0FDJGH5", NameCommand("C02XG0FDJGH5", "lab-07")),
        ("move C02A newyork kiosk", MoveCommand("C02A", "new york", "kiosk")),
        ("register C02A new_york kiosk", RegisterCommand("C02A", "new york", "kiosk")),
        ("Move. C02A paris kiosk", MOVED),
        ("replace the C02A with the new C02B", REPLACED),
        ("move… C02A — paris — kiosk :pray::skin-tone-3:", MOVED),
        ("can you move C02A over to Paris/kiosk?", MoveCommand("C02A", "Paris", "kiosk")),
        ("move C02A from London design to the paris office, kiosk", MOVED),
        ("move C02A <#C0123|paris> kiosk", MOVED),
        ("list all Macs in London please", ListCommand("London")),
        ("please cancel C02A, thank you :cry:", CancelCommand("C02A")),
        (":wave: :+1::skin-tone-2: cancel C02A", CancelCommand("C02A")),
        ("Por favor, cancel C02A", CancelCommand("C02A")),
        ("cancel C02XG-0FDJGH5", CancelCommand("C02XG0FDJGH5")),
        ("name C02A → lab-07", NameCommand("C02A", "lab-07")),
        ("name Mac C02A lab-07", NameCommand("C02A", "lab-07")),
        ("Sign—in", SignInCommand()),
        (
            "register C02A paris kiosk, named “lab-07”.",
            RegisterCommand("C02A", "paris", "kiosk", "lab-07"),
        ),
        ("bench newyork kiosk 3", BenchCommand("new york", "kiosk", 3, timedelta(hours=2))),
    ],
)
def test_a_command_is_understood_as_people_write_on_phones(text: str, command: Command) -> None:
    assert parse(text) == command


@for_each(
    "text",
    [
        "move `C02A` paris kiosk",
        "move *C02A* _paris_ ~kiosk~",
        "move *_C02A_* \u201cparis\u201d kiosk",
        "move ```C02A``` paris kiosk",
        "`move C02A paris kiosk`",
        "move <tel:02|C02A> paris kiosk",
        "move C02A <http://paris|paris> kiosk",
        "move «C02A» paris kiosk",
        "move 「C02A」 paris kiosk",
        "move C02A: paris kiosk",
        "move \u202dC02A\u202c \u2068paris\u2069 kiosk\u200b",
    ],
)
def test_what_slack_and_people_put_around_words_is_none_of_them(text: str) -> None:
    assert parse(text) == MoveCommand("C02A", "paris", "kiosk")


@for_each("typed", ["C02A.", "C02A?", "(C02A)", "<C02A>", "[C02A];"])
def test_punctuation_around_a_serial_is_none_of_it(typed: str) -> None:
    assert parse(f"show {typed}") == ShowCommand("C02A")
    assert parse(f"register {typed} paris kiosk") == RegisterCommand("C02A", "paris", "kiosk")


@for_each("name", ["my_site_a", "_a", "a_", "2*3*4", "~", "a~b~c"])
def test_marks_inside_of_a_word_or_without_a_partner_are_its_own(name: str) -> None:
    assert parse(f"list {name}") == ListCommand(name)


def test_marks_that_are_never_closed_take_time_as_their_number() -> None:
    name = "_a " * 4_000

    assert parse(f'list "{name}"') == ListCommand(name)
    with pytest.raises(Misunderstood):
        parse(f"list {name}")


def test_two_names_that_are_both_those_of_sites_and_of_builds_are_not_exchanged() -> None:
    def both() -> list[str]:
        return ["lab", "kiosk"]

    command = parser.parse("register C02A lab kiosk named lab-07", both, both)

    assert command == RegisterCommand("C02A", "lab", "kiosk", "lab-07")


def test_a_command_without_a_word_that_it_needs_is_not_guessed() -> None:
    for text in (
        *(
            "cancel that",
            "show it",
            "move C02A paris",
            "move C02A to paris",
            "replace C02A with",
            "show",
        ),
        "cancel C02A and C02B",
        *("move C02A site paris", "move C02A london site", "register Macs in london"),
    ):
        with pytest.raises(Misunderstood):
            parse(text)


@for_each(
    "text",
    ["and C02XG0FDJGH5", "no, C02XG0FDJGH5 to London please", "SN:C02XG0FDJGH5 london design"],
)
def test_a_list_may_begin_with_a_word_between_names(text: str) -> None:
    assert pasted(text) == ["C02XG0FDJGH5"]


def test_a_list_may_begin_with_a_name_that_is_like_a_verb() -> None:
    command = parser.parse("tokyo design C02XG0FDJGH5", lambda: ["tokyo"], lambda: ["design"])

    assert places_of(command) == [("tokyo", "design")]


def test_a_site_whose_name_begins_with_all_has_statistics_of_its_own() -> None:
    command = parser.parse("stats all saints 8", lambda: ["all saints"], lambda: ["kiosk"])
    assert command == StatisticsCommand("all saints", 8)


@for_each("text", ["move C02A back office kiosk", "move C02A back to back office as kiosk"])
def test_a_word_that_says_nothing_may_begin_the_name_of_a_site(text: str) -> None:
    command = parser.parse(text, lambda: ["back office", "office"], lambda: ["kiosk"])

    assert command == MoveCommand("C02A", "back office", "kiosk")


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
        *("move C02A from london", "move C02A now please", "move C02A out of london to paris"),
        *("move C02A von london nach paris", "move C02A"),
    ],
)
def test_a_move_without_a_place_is_asked_for_it(text: str) -> None:
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


def test_a_bench_at_a_site_that_is_called_like_an_end_is_opened() -> None:
    assert parse("bench end design 3") == BenchCommand("end", "design", 3, timedelta(hours=2))
