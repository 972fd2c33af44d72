"""Wishes for now and for later, and reports of what was done already."""

import pytest

from bot.commands.models import (
    CancelCommand,
    Command,
    MoveCommand,
    PasteCommand,
    RegisterCommand,
    ReimageCommand,
    ShowCommand,
)
from bot.commands.parsing.words import Misunderstood
from tests.bot.commands.parsing import parse
from tests.support.tables import for_each

SHOWN = ShowCommand("C02XG0FDJGH5")


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
        ("could you cancel C02XG0FDJGH5, please?", CancelCommand("C02XG0FDJGH5")),
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
    "text",
    [
        "I already registered C02XG0FDJGH5 london design",
        "C02XG0FDJGH5 was registered at london as design yesterday",
        "Anna has moved C02XG0FDJGH5 to paris, kiosk",
        "I’ll register C02XG0FDJGH5 london design tomorrow",
        "habe C02XG0FDJGH5 gestern als london design registriert",
        "j’ai enregistré C02XG0FDJGH5, london design",
        "ya registré C02XG0FDJGH5 london design",
        "we put C02XG0FDJGH5 in london as design last month",
        "thanks for registering C02XG0FDJGH5 london design",
        "please note that C02XG0FDJGH5 is already registered as london design",
        "C02XG0FDJGH5 は london design で登録済み",
    ],
)
def test_a_mac_in_a_report_of_what_was_done_is_asked_about(text: str) -> None:
    command = parse(text)

    assert isinstance(command, PasteCommand)
    assert [entry.doubt for entry in command.result.entries] == [
        "stands in a sentence about what was done"
    ]


@for_each(
    "text",
    [
        "C02XG0FDJGH5 must be registered, london design",
        "I want C02XG0FDJGH5 registered, london design",
        "C02XG0FDJGH5 muss registriert werden, london design",
        "enregistre C02XG0FDJGH5 london design",
        "london design C02XG0FDJGH5 お願いします",
    ],
)
def test_a_mac_of_which_a_sentence_wants_the_same_is_not(text: str) -> None:
    command = parse(text)

    assert isinstance(command, PasteCommand)
    assert [entry.doubt for entry in command.result.entries] == [None]


def test_what_somebody_will_do_themselves_is_no_command() -> None:
    assert not isinstance(parse("I will register C02XG0FDJGH5 london design"), RegisterCommand)
