"""The grammar of the slash command."""

import html
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.commands.models import (
    BenchCommand,
    CancelCommand,
    Command,
    DigestCommand,
    DoctorCommand,
    EmailCommand,
    ExportCommand,
    FindCommand,
    FormCommand,
    HelpCommand,
    ListCommand,
    LogCommand,
    MoveCommand,
    RegisterCommand,
    ReimageCommand,
    ShowCommand,
    StatisticsCommand,
    TemplateCommand,
    WebhooksCommand,
)
from bot.commands.parsing import parser
from bot.commands.parsing.grammar import VERBS
from bot.commands.parsing.marks import unescaped
from bot.commands.parsing.verbs import OTHER_WORDS, VERB_NAMES
from bot.commands.parsing.words import Misunderstood
from provisioning.munki.errors import RepoUnusable
from tests.bot.commands.parsing import parse
from tests.support.inputs import strategies
from tests.support.tables import for_each

COMMANDS: list[tuple[str, Command]] = [
    ("register C02A london design", RegisterCommand("C02A", "london", "design")),
    ("move C02A paris kiosk", MoveCommand("C02A", "paris", "kiosk")),
    ("cancel C02A", CancelCommand("C02A")),
    ("find C02", FindCommand("C02")),
    ("find new york", FindCommand("new york")),
    ("find <@U0ALICE|alice>", FindCommand("<@U0ALICE|alice>")),
    ("list", ListCommand(None)),
    ("list london", ListCommand("london")),
    ("reimage C02A", ReimageCommand("C02A")),
    ("show C02A", ShowCommand("C02A")),
    ("log", LogCommand()),
    ("template", TemplateCommand()),
    ("bench london design 12", BenchCommand("london", "design", 12, timedelta(hours=2))),
    (
        "bench london design 12x for 90m",
        BenchCommand("london", "design", 12, timedelta(minutes=90)),
    ),
    ("digest", DigestCommand()),
    ("stats", StatisticsCommand(None, 4)),
    ("stats london", StatisticsCommand("london", 4)),
    ("stats 12", StatisticsCommand(None, 12)),
    ("stats london 1", StatisticsCommand("london", 1)),
    ("export", ExportCommand(None)),
    ("export london", ExportCommand("london")),
    ("doctor", DoctorCommand()),
    ("email ada@example.com", EmailCommand("ada@example.com")),
    ("email <mailto:ada@example.com|ada@example.com>", EmailCommand("ada@example.com")),
    ("email", EmailCommand("")),
    ("webhooks", WebhooksCommand()),
    ("webhooks replay 3", WebhooksCommand("replay", 3)),
    ("webhooks Try 3", WebhooksCommand("test", 3)),
    ("help", HelpCommand()),
    ("", FormCommand()),
]


WRITTEN = [(text, command) for text, command in COMMANDS if text]


# Names that can be typed: what holds a straight or a curly quotation mark is left to the form, and
# so are the hyphens of word processors.
typed = strategies.names.filter(lambda name: not set(name) & set('"“”„‘’‐‑‒−'))


@for_each(("text", "command"), COMMANDS)
def test_every_command_is_understood(text: str, command: Command) -> None:
    assert parse(text) == command


@for_each("case", [str.upper, str.title, str.swapcase])
@for_each(("text", "command"), WRITTEN)
def test_a_command_is_understood_in_any_case(
    text: str, command: Command, case: Callable[[str], str]
) -> None:
    verb, space, rest = text.partition(" ")
    assert parse(case(verb) + space + rest) == command


@for_each(("text", "command"), WRITTEN)
def test_white_space_does_not_matter(text: str, command: Command) -> None:
    assert parse(f" \t{text.replace(' ', '  ')}\n") == command


@for_each("between", [",", ", ", " , ", ",,", ",\n"])
def test_words_may_be_separated_by_commas(between: str) -> None:
    assert parse(f"move{between}C02A{between}london design") == MoveCommand(
        "C02A", "london", "design"
    )


@for_each("quoted", ['"new york"', "'new york'", "“new york”", "„new york“", "‘new york’"])
def test_a_name_with_a_space_goes_in_quotes_of_any_kind(quoted: str) -> None:
    assert parse(f"register C02A {quoted} design") == RegisterCommand("C02A", "new york", "design")
    assert parse(f"list {quoted}") == ListCommand("new york")


as_it_is = typed.filter(
    lambda text: html.unescape(text) == text and "\u200b" not in text and "<http" not in text
)


@given(as_it_is, as_it_is)
def test_any_name_in_double_quotes_arrives_as_it_is(site: str, build: str) -> None:
    assert parse(f'move C02A "{site}" "{build}"') == MoveCommand("C02A", site, build)


@for_each("name", ["Paris, Texas", "back\\slash", "O'Hare", "R&D", "a;b|c", "#1"])
def test_a_name_may_hold_what_separates_words_elsewhere(name: str) -> None:
    assert parse(f'list "{name}"') == ListCommand(name)


def test_single_quotes_keep_a_backslash_too() -> None:
    assert parse(r"list 'back\slash'") == ListCommand(r"back\slash")
    assert parse(r"list back\slash") == ListCommand(r"back\slash")


def test_a_number_sign_begins_no_comment() -> None:
    assert parse("find #1 london") == FindCommand("#1 london")


def test_help_is_for_all_or_for_one_verb() -> None:
    assert parse("help") == HelpCommand()
    assert parse("help Move") == HelpCommand("move")


@for_each(
    ("words", "minutes"),
    [
        ("for 2h", 120),
        ("for 2 h", 120),
        ("FOR 2 Hours", 120),
        ("2h", 120),
        ("for 1 hour", 60),
        ("for 90m", 90),
        ("90 min", 90),
        ("for 5 minutes", 5),
        ("for 1h30m", 90),
        ("for 1h 30 mins", 90),
        ("for 12h", 720),
        ("for 720m", 720),
    ],
)
def test_a_bench_lasts_as_long_as_is_said_in_hours_and_minutes(words: str, minutes: int) -> None:
    command = parse(f"bench 'new york' design 200 {words}")

    assert command == BenchCommand("new york", "design", 200, timedelta(minutes=minutes))


@for_each(
    "words", ["for 4m", "for 12h 1m", "0h", "for 9999h", "tomorrow", "for", "2", "2d", "m", "1m 2h"]
)
def test_a_time_that_no_bench_lasts_is_told(words: str) -> None:
    with pytest.raises(Misunderstood, match=r"Write a duration as|At least 5 minutes"):
        parse(f"bench london design 12 {words}")


@for_each(
    ("text", "expected"),
    [
        ("register", "SERIAL SITE BUILD"),
        ("register london", "SERIAL SITE BUILD"),
        ("move C02A london", "a site and a build: move C02A london BUILD$"),
        ("move C02A kiosk", "move C02A SITE kiosk$"),
        ("move C02A to the kiosk build", "move C02A SITE kiosk$"),
        ("move C02A from london to paris", "move C02A paris BUILD$"),
        ("move C02A to london", "move C02A london BUILD$"),
        ("move C02A to new york please", 'move C02A "new york" BUILD$'),
        ("move C02A new york", 'move C02A "new york" BUILD$'),
        ("move all macs to paris", "for several Macs type register instead of move$"),
        ("move it to paris kiosk", "One serial, a site and a build"),
        ("move to paris kiosk", "One serial, a site and a build"),
        ("name it lab-07", "One serial and a name"),
        ("cancel it", "Type the command and one serial"),
        ("cancel C02XG0FDJGH5, it was a mistake", "type it without 'it was a mistake'"),
        ("cancel C02XG0FDJGH5, bad screen", "type it without 'bad screen'"),
        ("cancel all but C02XG0FDJGH5", "Type the command and one serial"),
        ("move C02A C02B london design", "BUILD; for several Macs type register instead of move"),
        ("cancel", "Type the command and one serial"),
        ("cancel C02A C02B", "Type the command and one serial"),
        ("find", "Something to look for"),
        ("list old york", "Type one site behind the command, or nothing"),
        ("bench", "SITE BUILD 12 for 2h"),
        ("bench london design", "SITE BUILD 12 for 2h"),
        ("bench london design 2h", "'2h' is not a number of Macs: 1 to 200"),
        ("bench london design 0", "1 to 200"),
        ("bench london design -1", "1 to 200"),
        ("bench london design ²", "1 to 200"),
        ("bench london design 9999999999999999999999", "1 to 200"),
        ("bench london design 12 for", "Write a duration as 2h"),
        ('list "new york', "A quotation mark is not closed"),
        ("list new york's", "A quotation mark is not closed"),
    ],
)
def test_what_is_no_command_is_told_with_what_was_expected(text: str, expected: str) -> None:
    with pytest.raises(Misunderstood, match=expected):
        parse(text)


def test_a_long_text_that_is_no_command_is_not_repeated_in_full() -> None:
    with pytest.raises(Misunderstood) as raised:
        parse("x" * 5000)

    assert len(str(raised.value)) < 100


def test_no_verb_is_another_word_for_one() -> None:
    assert OTHER_WORDS.keys() & VERBS.keys() == set()
    assert [*VERBS] == [*VERB_NAMES]


@for_each("text", ["help", "doctor", "", "move C02A paris kiosk", "list london"])
def test_a_command_that_is_no_paste_needs_no_names_of_the_repo(text: str) -> None:
    def unusable() -> list[str]:
        raise RepoUnusable("No such file or directory")

    assert parser.parse(text, unusable, unusable) == parse(text)


words = st.sampled_from(
    ["register", "MOVE", "cancel", "find", "list", "help", "bench", "12", "for", "2h", *"\"'\\,"]
)


anything = st.text() | st.lists(words | st.text(max_size=5), max_size=6).map(" ".join)


@given(anything)
@example(',REGISTER " "')
def test_any_text_is_a_command_or_misunderstood_and_nothing_else(text: str) -> None:
    with suppress(Misunderstood):
        parse(text)


@given(anything | st.text(" \t\n,\"'\xa0\u3000", max_size=4))
@example(",")
@example('""')
@example("\xa0")
@example("\u200b\u202a")
@example("`")
def test_the_form_is_for_nothing_at_all_and_for_nothing_else(text: str) -> None:
    """Such as Slack's marks around nothing."""
    try:
        is_form = isinstance(parse(text), FormCommand)
    except Misunderstood:
        is_form = False

    assert is_form == (not unescaped(text).strip())
