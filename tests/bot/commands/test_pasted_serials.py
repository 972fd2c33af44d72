"""Texts that are read for serials, as they begin with no command."""

import pytest

from bot.commands.models import LongPasteCommand, PasteCommand
from bot.commands.parsing import parser
from bot.commands.parsing.words import Misunderstood
from tests.bot.commands.parsing import parse, pasted, places_of
from tests.support.tables import for_each


@for_each(
    ("text", "serials"),
    [
        ("C02A C02B london design", ["C02A", "C02B"]),
        ("C02XG0FDJGH5 london", ["C02XG0FDJGH5"]),
        ("C02XG0FDJGH5, london/design", ["C02XG0FDJGH5"]),
        ("C02XG0FDJGH5,C02XG0FDJGH6,\nC02XG0FDJGH7", [f"C02XG0FDJGH{n}" for n in "567"]),
        ("C02XG0FDJGH5 C02XG0FDJGH6 C02XG0FDJGH7", [f"C02XG0FDJGH{n}" for n in "567"]),
        ("Bob's Macs: C02XG0FDJGH5", ["C02XG0FDJGH5"]),
        ("C02A1B2C3D\tlondon\tdesign\nC02A1B2C3E\tparis\tdesign", ["C02A1B2C3D", "C02A1B2C3E"]),
    ],
)
def test_whatever_else_follows_register_is_read_for_serials(text: str, serials: list[str]) -> None:
    assert pasted(f"register {text}") == pasted(f"REGISTER\n{text}") == serials


@for_each(
    "text",
    [
        *("Person,Mac\nAnn,C02XG0FDJGH5", "Machine;Where\nC02XG0FDJGH5;london"),
        *("Name Serial\nC02XG0FDJGH5 london", "Lost Macs: C02XG0FDJGH5 london"),
        *("Moved Macs: C02XG0FDJGH5", "Replacement Macs:\nC02XG0FDJGH5 london"),
    ],
)
def test_so_is_a_list_without_a_verb_whose_first_word_is_like_one(text: str) -> None:
    assert pasted(text) == ["C02XG0FDJGH5"]


@for_each(
    "text",
    [
        "C02XG0FDJGH5 london design",
        "These go to\nlondon: C02XG0FDJGH5",
        "it's 5 Macs, C02XG0FDJGH5",
        "London C02XG0FDJGH5",
        "in London C02XG0FDJGH5 as a kiosk",
        "die C02XG0FDJGH5 soll nach London",
        "C02XG0FDJGH5",
        "SN C02XG0FDJGH5",
    ],
)
def test_what_begins_with_no_verb_is_read_for_serials(text: str) -> None:
    assert pasted(text) == ["C02XG0FDJGH5"]


@for_each("text", ["These are our Macs", "frobnicate C02XG0FDJGH5"])
def test_what_begins_with_no_verb_and_is_hardly_about_macs_is_no_command(text: str) -> None:
    with pytest.raises(Misunderstood, match="There is no command"):
        parse(text)


def test_a_serial_in_small_letters_is_no_unknown_command() -> None:
    assert pasted("c02xg0fdjgh5 london") == ["C02XG0FDJGH5"]
    with pytest.raises(Misunderstood):
        parse("frob c02xg0fdjgh5")


@for_each(
    "greeting",
    [
        "Hi, ", "hello team! ", "Can you register ", "please: ", "new Macs: ", "Hallo 👋 ",
        "Bonjour,\n• ", "Ciao - ", "Hola <@U0ANNA>, ", "Hola, ¿podéis registrar ", "Guten Tag, ",
        "Would it be possible to add ",
    ],
)  # fmt: skip
def test_a_list_may_begin_as_people_begin_to_speak(greeting: str) -> None:
    assert pasted(f"{greeting}C02XG0FDJGH5 and C02YK1QWLVDN for london") == [
        "C02XG0FDJGH5", "C02YK1QWLVDN",
    ]  # fmt: skip


@for_each("first", ["Stock: ", "Students ", "First ", "Task 12: ", "Ten Macs: ", "More for Anna: "])
def test_a_word_before_macs_that_is_a_little_like_a_verb_is_no_slip(first: str) -> None:
    assert pasted(f"{first}C02XG0FDJGH5 and C02YK1QWLVDN for london")[0] == "C02XG0FDJGH5"


MACS = ["C02XG0FDJGH5", "C02YK1QWLVDN"]


@for_each(
    "text",
    [
        "Could you put these in london?",
        "Can these go to london?",
        "Hi, can we have these in london, please?",
        "Can someone do these for london?",
    ],
)
def test_a_request_above_macs_asks_about_none(text: str) -> None:
    command = parse("\n".join([text, *MACS]))

    assert places_of(command) == [("london", None)] * 2
    assert isinstance(command, PasteCommand)
    assert [entry.doubt for entry in command.result.entries] == [None, None]


@for_each("verb", ["add", "Enrol", "registriere", "set up", "registrar", "登録"])
def test_a_word_for_registering_in_other_tools_and_languages_registers(verb: str) -> None:
    command = parse(f"{verb} {MACS[0]} london design")

    assert pasted(f"{verb} {MACS[0]} london design") == MACS[:1]
    assert places_of(command) == [("london", "design")]


def test_each_mac_of_a_line_has_its_name() -> None:
    first, second = (f"{serial} london design named lab-0{at}" for at, serial in enumerate(MACS))
    command = parse(f"register {first} {second}")

    assert isinstance(command, PasteCommand)
    assert [entry.name for entry in command.result.entries] == ["lab-00", "lab-01"]


def test_a_name_behind_an_equals_sign_is_no_part_of_the_serial() -> None:
    text = "register C02XG0FDJGH5=lab-1 C02YK1QWLVDN=lab-2 london design"

    assert pasted(text) == MACS


def test_a_serial_with_hyphens_is_asked_about() -> None:
    command = parse("register C02XG-0FDJ-GH5 london design")

    assert isinstance(command, PasteCommand)
    assert [(one.serial.key, bool(one.doubt)) for one in command.result.entries] == [
        ("C02XG0FDJGH5", True)
    ]


def test_a_list_may_be_called_one() -> None:
    assert pasted("list of Macs for london:\nC02XG0FDJGH5\nC02YK1QWLVDN") == [
        "C02XG0FDJGH5", "C02YK1QWLVDN",
    ]  # fmt: skip


def test_brackets_around_several_serials_are_none_of_them() -> None:
    assert pasted("register (C02XG0FDJGH5, C02XG0FDJGH6) london design") == [
        "C02XG0FDJGH5", "C02XG0FDJGH6",
    ]  # fmt: skip


@for_each("name", ["lab-07", "“lab-07”", "name=lab-07", "hostname=lab-07"])
def test_a_computers_name_beside_a_serial_is_no_mac(name: str) -> None:
    assert pasted(f"register C02XG0FDJGH5 {name} london design") == ["C02XG0FDJGH5"]
    assert pasted(f"register C02XG0FDJGH5 london design {name}") == ["C02XG0FDJGH5"]


def test_a_paste_names_where_its_macs_go() -> None:
    command = parse("register C02XG0FDJGH5 C02XG0FDJGH6 london kiosk")

    assert places_of(command) == [("london", "kiosk")] * 2


def test_a_serial_for_a_site_alone_has_no_build_yet() -> None:
    command = parse("register C02XG0FDJGH5 to paris")

    assert places_of(command) == [("paris", None)]


@for_each(
    "typed",
    [
        "C02XG0FDJGH5 kiosk paris",
        "sn:C02XG0FDJGH5 site:paris build:kiosk",
        "[C02XG0FDJGH5] [paris] [kiosk]",
        "kiosk paris C02XG0FDJGH5",
        "C02XG0FDJGH5 (paris) kiosk",
        "C02X G0FD JGH5 paris kiosk",
    ],
)
def test_names_in_another_form_are_read_for_a_dry_run(typed: str) -> None:
    command = parser.parse(f"register {typed}", lambda: ["paris"], lambda: ["kiosk"])

    assert isinstance(command, PasteCommand)
    [entry] = command.result.entries
    assert (entry.serial.text, entry.site, entry.build) == ("C02XG0FDJGH5", "paris", "kiosk")


def test_a_place_that_is_called_as_a_command_elsewhere_is_a_place() -> None:
    command = parser.parse("new C02XG0FDJGH5", lambda: ["new"], lambda: ["kiosk"])

    assert isinstance(command, PasteCommand)


@for_each(
    "text",
    [
        "Site london: C02X G0FD JGH5",
        "Site: london, build: kiosk C02X-G0FD-JGH5",
        "Build kiosk: SC02XG0FDJGH5",
        "Which Macs are pending for london C02X G0FD JGH5",
        "Anything ok: C02X G0FD JGH5",
        "lesquels restent: SC02XG0FDJGH5",
    ],
)
def test_macs_behind_words_that_begin_a_question_are_a_list_however_they_are_written(
    text: str,
) -> None:
    assert pasted(text) == ["C02XG0FDJGH5"]


def test_words_that_begin_a_question_do_not_make_a_question_of_a_long_text() -> None:
    text = "Site london:" + " C02X G0FD JGH5" * 500

    assert parse(text) == LongPasteCommand(text)


def test_a_text_that_takes_long_to_read_is_left_for_later() -> None:
    text = "C02XG0FDJGH5 " * 500

    assert parse(f"register {text}") == LongPasteCommand(text.strip())


@for_each(
    "text",
    ["esta C02XG0FDJGH5 london design", "esta es C02XG0FDJGH5, london", "ou C02XG0FDJGH5 london"],
)
def test_a_word_without_accents_that_is_another_one_begins_a_list(text: str) -> None:
    assert pasted(text) == ["C02XG0FDJGH5"]


@for_each(
    "label", ["Serial:\n", "SN\n", "S/N: ", "Serial,\n", "Seriennummer:\n", "シリアル番号：\n"]
)
def test_a_label_before_a_serial_is_no_verb(label: str) -> None:
    assert pasted(f"{label}C02XG0FDJGH5") == ["C02XG0FDJGH5"]
