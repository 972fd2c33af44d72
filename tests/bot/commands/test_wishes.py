"""Wishes that are no command as it stands: nothing is done, and the answer says what to type."""

import pytest

from bot.commands.models import (
    CancelCommand,
    Command,
    DigestCommand,
    FindCommand,
    HelpCommand,
    ListCommand,
    NameCommand,
    ShowCommand,
    StatisticsCommand,
)
from bot.commands.parsing.greetings import without_greeting
from bot.commands.parsing.verbs import UnknownVerb
from bot.commands.parsing.words import Misunderstood
from tests.bot.commands.parsing import parse, pasted
from tests.support.tables import for_each


@for_each(
    "text",
    [
        *("cancel C02XG0FDJGH5?", "reimage C02A ?", "move C02A to paris kiosk？"),
        *("please move C02A to paris kiosk?", "cancel C02XG0FDJGH5, please?"),
        *("cancel C02XG0FDJGH5, or will it fail?", "Please move C02XG0FDJGH5 to new york design?"),
        *("can I cancel C02XG0FDJGH5?", "Hi, could we move C02XG0FDJGH5 to paris kiosk?"),
    ],
)
def test_what_is_done_at_once_is_not_done_on_a_question(text: str) -> None:
    with pytest.raises(Misunderstood, match=r"at once and for one Mac; type it without '\?'"):
        parse(text)


@for_each("command", ["cancel C02XG0FDJGH5", "move C02XG0FDJGH5 to paris kiosk"])
def test_what_is_done_at_once_is_not_done_on_a_quotation(command: str) -> None:
    with pytest.raises(Misunderstood, match="at once and for one Mac; type it without '>'"):
        parse(f"&gt; {command}")


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
    "heading",
    [
        *("Name\tSerial\tSite", "Email\tSerial\tSite", "Please find below the Macs:"),
        *("Export from Jamf, Monday", "Log of what came in:", "Help me with these, please"),
    ],
)
def test_a_line_above_macs_that_is_like_a_command_is_none(heading: str) -> None:
    assert pasted(f"{heading}\nann\tC02XG0FDJGH5\tlondon") == ["C02XG0FDJGH5"]
    assert pasted(f"{heading}\nann,C02XG0FDJGH5,london") == ["C02XG0FDJGH5"]


@for_each("first", ["Name", "Status", "Office", "Email", "Move", "Register"])
def test_a_table_is_none_whatever_its_first_heading_is_like(first: str) -> None:
    for end in (",", "\t", ";"):
        rows = f"{first},Serial\nnew,C02XG0FDJGH5".replace(",", end)
        assert pasted(rows) == ["C02XG0FDJGH5"]
        more = f"{rows}\nnew{end}C02YK1QWLVDN"
        assert pasted(more) == ["C02XG0FDJGH5", "C02YK1QWLVDN"]


@for_each(
    "text",
    [
        "C02XG0FDJGH5 aufsetzen",
        "nouveau Mac à installer : C02XG0FDJGH5",
        "instalar el Mac nuevo C02XG0FDJGH5",
        "image C02XG0FDJGH5 over the network",
        "handed over, please set up C02XG0FDJGH5",
        "set up C02XG0FDJGH5 and remove its sticker",
    ],
)
def test_a_mac_that_is_to_be_set_up_is_not_imaged_again(text: str) -> None:
    assert pasted(text) == ["C02XG0FDJGH5"]


def test_a_command_above_serials_alone_is_no_table() -> None:
    assert parse("cancel, serial:\nC02XG0FDJGH5") == CancelCommand("C02XG0FDJGH5")
    with pytest.raises(Misunderstood, match="one serial"):
        parse("Please cancel, serials:\nC02XG0FDJGH5\nC02YK1QWLVDN")
    with pytest.raises(Misunderstood, match="one serial"):
        parse("cancel these serials,\nC02XG0FDJGH5, C02YK1QWLVDN")
    with pytest.raises(Misunderstood, match="one serial"):
        parse("cancel C02XG0FDJGH5, serial\nC02YK1QWLVDN, x")


@for_each(
    ("text", "command"),
    [
        ("name\nC02XG0FDJGH5 lab-07", NameCommand("C02XG0FDJGH5", "lab-07")),
        ("name C02XG0FDJGH5\nlab-07", NameCommand("C02XG0FDJGH5", "lab-07")),
        ("find\nC02XG0FDJGH5", FindCommand("C02XG0FDJGH5")),
    ],
)
def test_a_command_over_two_lines_is_still_one(text: str, command: Command) -> None:
    assert parse(text) == command


def test_a_cell_of_a_list_is_no_beginning_of_a_wish() -> None:
    rows = "OK\tC02XG0FDJGH5\tlondon\tdesign\nnow C02YK1QWLVDN paris kiosk"

    assert without_greeting(rows) == rows
    assert pasted(rows) == ["C02XG0FDJGH5", "C02YK1QWLVDN"]


@for_each(
    "text",
    [
        *("Home london design C02XG0FDJGH5", "Regie london design C02XG0FDJGH5"),
        *("C02XG0FDJGH5 london design stop", "C02XG0FDJGH5", "don't forget C02XG0FDJGH5"),
        *("C02XG0FDJGH5 london design erase", "New, please erase first:\nC02XG0FDJGH5"),
        "C02XG0FDJGH5 for the bus stop",
    ],
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


@for_each("name", ["Reception2", "LAPTOP12345A", "front LAPTOP12345A", "C02YK1QWLVDN"])
def test_a_name_may_look_like_a_serial(name: str) -> None:
    assert parse(f"name C02XG0FDJGH5 {name}") == NameCommand("C02XG0FDJGH5", name)


@for_each(
    "text",
    [
        "what happened to C02XG0FDJGH5",
        "who did C02XG0FDJGH5",
        "what can I do with C02XG0FDJGH5?",
        "what is still open for C02XG0FDJGH5",
        *("show C02XG0FDJGH5, it is stuck", "list C02XG0FDJGH5, has it failed?"),
        *("I want to see C02XG0FDJGH5", "see C02XG0FDJGH5 please", "Details of C02XG0FDJGH5"),
    ],
)
def test_what_one_asks_about_a_mac_is_answered_by_showing_it(text: str) -> None:
    assert parse(text) == ShowCommand("C02XG0FDJGH5")


@for_each("text", ["See below: C02XG0FDJGH5", "view from the top: C02XG0FDJGH5"])
def test_a_word_such_as_see_above_macs_may_begin_a_list(text: str) -> None:
    assert pasted(text) == ["C02XG0FDJGH5"]


@for_each(
    "text",
    [
        *("list stuck", "list stuck in london", "list failed macs in paris"),
        *("show failed", "show me what is stuck in london"),
    ],
)
def test_who_wants_the_macs_that_failed_gets_the_digest(text: str) -> None:
    assert parse(text) == DigestCommand()


def test_who_wants_a_file_of_the_macs_that_failed_is_led_to_the_digest() -> None:
    with pytest.raises(UnknownVerb) as caught:
        parse("export stalled")

    assert [*caught.value.nearest] == ["digest"]


@for_each("text", ["list please", "list the macs", "show me all the Macs, please", "list, thanks!"])
def test_talk_alone_behind_a_list_asks_for_all(text: str) -> None:
    assert parse(text) == ListCommand(None)


@for_each("text", ["list the sites", "list sites please", "show me the builds"])
def test_the_names_of_the_repo_are_in_the_help(text: str) -> None:
    assert parse(text) == HelpCommand()


@for_each(
    "text", ["list waiting in london", "list london pending", "list all macs waiting in london"]
)
def test_a_word_for_all_that_wait_says_nothing_beside_a_site(text: str) -> None:
    assert parse(text) == ListCommand("london")


@for_each("text", ["May I register {} for London, design?", "shall we move {} to london design?"])
def test_asking_to_be_allowed_is_a_wish_to_register(text: str) -> None:
    assert pasted(text.format("C02XG0FDJGH5")) == ["C02XG0FDJGH5"]


@for_each(
    ("text", "site", "weeks"),
    [
        ("stats all of london", "london", 4),
        ("stats london all 8 weeks", "london", 8),
        ("stats all 8", None, 8),
        ("stats 8 weeks all", None, 8),
        ("stats this month", None, 4),
    ],
)
def test_words_beside_a_site_or_a_number_of_weeks_say_nothing(
    text: str, site: str | None, weeks: int
) -> None:
    assert parse(text) == StatisticsCommand(site, weeks)


@for_each(
    "beginning",
    [
        *("Let's", "let us", "Buenos días,", "Bonsoir!", "Good morning,", "I would like to", "OK,"),
        *("we have to", "And", "Rollcall:", "Hi Rollcall! Could you", "Hi :wave::skin-tone-2:"),
        *(":rocket: please :pray:", "hello:"),
    ],
)
def test_a_beginning_of_speech_before_a_command_says_nothing(beginning: str) -> None:
    assert parse(f"{beginning} cancel C02XG0FDJGH5") == CancelCommand("C02XG0FDJGH5")


@for_each("text", ["help me please\nthank you", "find that one\nwith the broken screen"])
def test_a_command_of_two_lines_without_a_mac_is_no_list(text: str) -> None:
    assert isinstance(parse(text), HelpCommand | FindCommand)


@for_each("text", ["hi rollcall", "Hello Rollcall!"])
def test_a_greeting_by_name_is_answered_with_the_help(text: str) -> None:
    with pytest.raises(UnknownVerb) as caught:
        parse(text)

    assert [*caught.value.nearest] == ["help"]
