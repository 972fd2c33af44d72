"""The grammar where the repo has sites alone, or builds alone."""

from datetime import timedelta

import pytest

from bot.commands.models import (
    BenchCommand,
    Command,
    ExportCommand,
    ListCommand,
    MoveCommand,
    PasteCommand,
    PreviewCommand,
    RegisterCommand,
    StatisticsCommand,
)
from bot.commands.parsing import parser
from bot.commands.parsing.words import Misunderstood
from provisioning.munki.errors import RepoUnusable
from provisioning.values.kinds import BUILD, SITE, Kinds
from tests.bot.commands.parsing import SITES, parse, places_of
from tests.support.tables import for_each

SITES_ALONE, BUILDS_ALONE = Kinds((SITE,)), Kinds((BUILD,))


@for_each(
    ("kinds", "text", "command"),
    [
        (SITES_ALONE, "register C02A london", RegisterCommand("C02A", "london", "")),
        (
            SITES_ALONE,
            "register C02A london named lab 7",
            RegisterCommand("C02A", "london", "", "lab 7"),
        ),
        (SITES_ALONE, "move C02A paris", MoveCommand("C02A", "paris", "")),
        (SITES_ALONE, "preview C02A paris", PreviewCommand("C02A", "paris", "")),
        (SITES_ALONE, "preview C02A", PreviewCommand("C02A", None, None)),
        (SITES_ALONE, "bench london 12", BenchCommand("london", "", 12, timedelta(hours=2))),
        (SITES_ALONE, "list london", ListCommand("london")),
        (BUILDS_ALONE, "register C02A design", RegisterCommand("C02A", "", "design")),
        (BUILDS_ALONE, "move C02A kiosk", MoveCommand("C02A", "", "kiosk")),
        (BUILDS_ALONE, "bench design 3 for 1h", BenchCommand("", "design", 3, timedelta(hours=1))),
        (BUILDS_ALONE, "stats 12", StatisticsCommand(None, 12)),
        (BUILDS_ALONE, "export", ExportCommand(None)),
    ],
)
def test_one_name_is_complete_where_the_repo_has_one_kind(
    kinds: Kinds, text: str, command: Command
) -> None:
    assert parse(text, kinds) == command


def test_a_name_of_several_words_is_one_where_the_repo_has_one_kind() -> None:
    def read(text: str) -> tuple[str, str | None, str | None]:
        command = parser.parse(text, lambda: ["New York", "york"], list, SITES_ALONE)
        if isinstance(command, RegisterCommand):
            return command.serial, command.site, command.name
        assert isinstance(command, PasteCommand)
        [entry] = command.result.entries
        return entry.serial.text, entry.site, entry.name

    assert read("register C02XG0FDJGH5 new york")[:2] == ("C02XG0FDJGH5", "new york")
    assert read("C02XG0FDJGH5 New York") == ("C02XG0FDJGH5", "New York", None)
    assert read("C02XG0FDJGH5,New York") == ("C02XG0FDJGH5", "New York", None)
    assert read("register C02XG0FDJGH5 york") == ("C02XG0FDJGH5", "york", "")
    with pytest.raises(Misunderstood, match="This repo has no builds"):
        read("register C02XG0FDJGH5 york design")


def test_a_site_may_be_called_as_an_article_is() -> None:
    command = parser.parse("preview C02A in la", lambda: ["la"], list, SITES_ALONE)

    assert command == PreviewCommand("C02A", "la", "")


@for_each(
    ("kinds", "text", "expected"),
    [
        (SITES_ALONE, "register", "a serial, then a site: SERIAL SITE$"),
        (SITES_ALONE, "register C02XG0FDJGH5 london design", "This repo has no builds"),
        (SITES_ALONE, "register C02A london design named x", "SERIAL SITE$"),
        (SITES_ALONE, "move C02A london design", "This repo has no builds. One serial and a site"),
        (SITES_ALONE, "move C02A", "SERIAL SITE; for several Macs type register"),
        (SITES_ALONE, "preview C02A london design", "no builds. One serial, and the site of its"),
        (SITES_ALONE, "bench", "^A site, how many Macs, and for how long: SITE 12 for 2h"),
        (SITES_ALONE, "bench london design 12", "no builds. 'design' is not a number of Macs"),
        (BUILDS_ALONE, "register C02A design named", "SERIAL BUILD named lab-07"),
        (BUILDS_ALONE, "move C02A london design", "This repo has no sites"),
        (BUILDS_ALONE, "list london", "This repo has no sites"),
        (BUILDS_ALONE, "export london", "This repo has no sites"),
        (BUILDS_ALONE, "stats london", "no sites. A number of weeks from 1 to 52, or nothing"),
    ],
)
def test_a_word_for_a_kind_that_the_repo_lacks_is_a_fault_that_says_so(
    kinds: Kinds, text: str, expected: str
) -> None:
    with pytest.raises(Misunderstood, match=expected):
        parse(text, kinds)


@for_each(
    ("kinds", "text", "places"),
    [
        (SITES_ALONE, "register C02XG0FDJGH5 C02XG0FDJGH6 london", {("london", None)}),
        (SITES_ALONE, "register C02XG0FDJGH5 C02XG0FDJGH6", {(None, None)}),
        (BUILDS_ALONE, "C02XG0FDJGH5, C02XG0FDJGH6: design", {(None, "design")}),
        (BUILDS_ALONE, "design C02XG0FDJGH5", {(None, "design")}),
    ],
)
def test_several_serials_are_a_paste_where_the_repo_has_one_kind_too(
    kinds: Kinds, text: str, places: set[tuple[str | None, str | None]]
) -> None:
    assert set(places_of(parse(text, kinds))) == places


def test_the_names_of_a_kind_that_the_repo_lacks_are_not_asked_for() -> None:
    def unusable() -> list[str]:
        raise RepoUnusable("No such file or directory")

    text = "register C02XG0FDJGH5 C02XG0FDJGH6"
    assert parser.parse(text, lambda: SITES, unusable, SITES_ALONE) == parse(text, SITES_ALONE)
