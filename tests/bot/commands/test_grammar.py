"""The grammar of the slash command."""

import html
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.commands import parser
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
    LongPasteCommand,
    MoveCommand,
    NameCommand,
    PasteCommand,
    PreviewCommand,
    RegisterCommand,
    ReimageCommand,
    ReplaceCommand,
    ShowCommand,
    StatisticsCommand,
    TemplateCommand,
    WebhooksCommand,
)
from bot.commands.verbs import UnknownVerb
from bot.commands.words import Misunderstood
from provisioning.munki.errors import RepoUnusable
from provisioning.values.kinds import BUILD, SITE, Kinds
from provisioning.values.slack import INVISIBLE
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
    ("bench london design 12 for 90m", BenchCommand("london", "design", 12, timedelta(minutes=90))),
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
    ("webhooks try 3", WebhooksCommand("test", 3)),
    ("help", HelpCommand()),
    ("", FormCommand()),
]
WRITTEN = [(text, command) for text, command in COMMANDS if text]

SITES_ALONE, BUILDS_ALONE = Kinds((SITE,)), Kinds((BUILD,))
SITES, BUILDS = ["london", "new york", "paris"], ["design", "kiosk"]


def parse(text: str) -> Command:
    """The command in a text, where these sites and builds exist."""
    return parser.parse(text, lambda: SITES, lambda: BUILDS)


def parse_with(kinds: Kinds, text: str) -> Command:
    """The command in a text, where the repo has only these kinds of names."""
    return parser.parse(text, lambda: SITES, lambda: BUILDS, kinds)


def pasted(text: str) -> list[str]:
    """The serials in a text that is a paste."""
    command = parse(text)
    assert isinstance(command, PasteCommand)
    return [entry.serial.text for entry in command.result.entries]


def test_a_serial_in_small_letters_is_no_unknown_command() -> None:
    assert pasted("c02xg0fdjgh5 london") == ["C02XG0FDJGH5"]
    with pytest.raises(Misunderstood):
        parse("frob c02xg0fdjgh5")


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


@for_each("quoted", ['"new york"', "'new york'", "“new york”", "„new york“", "‘new york’"])
def test_a_name_with_a_space_goes_in_quotes_of_any_kind(quoted: str) -> None:
    assert parse(f"register C02A {quoted} design") == RegisterCommand("C02A", "new york", "design")
    assert parse(f"list {quoted}") == ListCommand("new york")


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
        ("move paris kiosk C02A", MOVED),
        ("stats london 12 weeks", StatisticsCommand("london", 12)),
        ("list new york", ListCommand("new york")),
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
        ("name lab-07 C02XG0FDJGH5", NameCommand("C02XG0FDJGH5", "lab-07")),
        ("help me", HelpCommand()),
        ("help me with move", HelpCommand("move")),
        *((f"replace C02A {word} C02B", REPLACED) for word in ("with", "by", "→", "->")),
        ("name C02A “lab‑07”", NameCommand("C02A", "lab-07")),
        ("name C02A Reception No. 3", NameCommand("C02A", "Reception No. 3")),
        ("find St. Gallen", FindCommand("St. Gallen")),
        ("cancel the registration of C02A", CancelCommand("C02A")),
        ("show serial number C02A now", ShowCommand("C02A")),
        ("reimage C02A again please", ReimageCommand("C02A")),
        ("list all Macs", ListCommand(None)),
        ("stats last 8 weeks", StatisticsCommand(None, 8)),
        ("name lab-07 for C02XG0FDJGH5", NameCommand("C02XG0FDJGH5", "lab-07")),
        ("move C02A newyork kiosk", MoveCommand("C02A", "new york", "kiosk")),
        ("register C02A new_york kiosk", RegisterCommand("C02A", "new york", "kiosk")),
        ("bench newyork kiosk 3", BenchCommand("new york", "kiosk", 3, timedelta(hours=2))),
    ],
)
def test_a_command_is_understood_as_people_write_on_phones(text: str, command: Command) -> None:
    assert parse(text) == command


@for_each("greeting", ["Hi, ", "hello team! ", "Can you register ", "please: ", "new Macs: "])
def test_a_list_may_begin_as_people_begin_to_speak(greeting: str) -> None:
    assert pasted(f"{greeting}C02XG0FDJGH5 and C02YK1QWLVDN for london") == [
        "C02XG0FDJGH5", "C02YK1QWLVDN",
    ]  # fmt: skip


def test_a_site_may_be_called_as_an_article_is() -> None:
    command = parser.parse("preview C02A in la", lambda: ["la"], list, SITES_ALONE)

    assert command == PreviewCommand("C02A", "la", "")


def test_two_names_that_are_both_those_of_sites_and_of_builds_are_not_exchanged() -> None:
    def both() -> list[str]:
        return ["lab", "kiosk"]

    command = parser.parse("register C02A lab kiosk named lab-07", both, both)

    assert command == RegisterCommand("C02A", "lab", "kiosk", "lab-07")


def test_a_serial_for_a_site_alone_has_no_build_yet() -> None:
    command = parse("register C02XG0FDJGH5 to paris")

    assert isinstance(command, PasteCommand)
    assert [(mac.site, mac.build) for mac in command.result.entries] == [("paris", None)]


def test_a_list_may_be_called_one() -> None:
    assert pasted("list of Macs for london:\nC02XG0FDJGH5\nC02YK1QWLVDN") == [
        "C02XG0FDJGH5", "C02YK1QWLVDN",
    ]  # fmt: skip


def test_a_command_without_a_word_that_it_needs_is_not_guessed() -> None:
    for text in (
        *("move C02A paris", "move C02A to paris", "replace C02A with", "show"),
        "cancel C02A and C02B",
    ):
        with pytest.raises(Misunderstood):
            parse(text)


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


@for_each("between", [",", ", ", " , ", ",,", ",\n"])
def test_words_may_be_separated_by_commas(between: str) -> None:
    assert parse(f"move{between}C02A{between}london design") == MoveCommand(
        "C02A", "london", "design"
    )


@for_each(
    ("text", "serials"),
    [
        ("C02A C02B london design", ["C02A", "C02B"]),
        ("C02XG0FDJGH5 london", ["C02XG0FDJGH5"]),
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
        "C02XG0FDJGH5 london design",
        "These go to\nlondon: C02XG0FDJGH5",
        "it's 5 Macs, C02XG0FDJGH5",
        "London C02XG0FDJGH5",
        "C02XG0FDJGH5",
    ],
)
def test_what_begins_with_no_verb_is_read_for_serials(text: str) -> None:
    assert pasted(text) == ["C02XG0FDJGH5"]


@for_each("text", ["These are our Macs", "frobnicate C02XG0FDJGH5"])
def test_what_begins_with_no_verb_and_is_hardly_about_macs_is_no_command(text: str) -> None:
    with pytest.raises(Misunderstood, match="There is no command"):
        parse(text)


def test_a_paste_names_where_its_macs_go() -> None:
    command = parse("register C02XG0FDJGH5 C02XG0FDJGH6 london kiosk")

    assert isinstance(command, PasteCommand)
    places = {(entry.site, entry.build) for entry in command.result.entries}
    assert places == {("london", "kiosk")}


def test_a_text_that_takes_long_to_read_is_left_for_later() -> None:
    text = "C02XG0FDJGH5 " * 500

    assert parse(f"register {text}") == LongPasteCommand(text.strip())


@for_each("text", ["help", "doctor", "", "move C02A paris kiosk", "list london"])
def test_a_command_that_is_no_paste_needs_no_names_of_the_repo(text: str) -> None:
    def unusable() -> list[str]:
        raise RepoUnusable("No such file or directory")

    assert parser.parse(text, unusable, unusable) == parse(text)


@for_each("slip", ["cancle C02A", "registr C02A", "fnid C02A", "hlep"])
def test_a_slip_of_a_verb_is_not_read_for_serials(slip: str) -> None:
    with pytest.raises(Misunderstood, match="There is no command"):
        parse(slip)


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
    ],
)
def test_what_slack_and_people_put_around_words_is_none_of_them(text: str) -> None:
    assert parse(text) == MoveCommand("C02A", "paris", "kiosk")


@for_each("typed", ["C02A.", "C02A?", "(C02A)", "<C02A>", "[C02A];"])
def test_punctuation_around_a_serial_is_none_of_it(typed: str) -> None:
    assert parse(f"show {typed}") == ShowCommand("C02A")
    assert parse(f"register {typed} paris kiosk") == RegisterCommand("C02A", "paris", "kiosk")


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


@for_each("name", ["lab-07", "“lab-07”", "name=lab-07", "hostname=lab-07"])
def test_a_computers_name_beside_a_serial_is_no_mac(name: str) -> None:
    assert pasted(f"register C02XG0FDJGH5 {name} london design") == ["C02XG0FDJGH5"]
    assert pasted(f"register C02XG0FDJGH5 london design {name}") == ["C02XG0FDJGH5"]


def test_brackets_around_several_serials_are_none_of_them() -> None:
    assert pasted("register (C02XG0FDJGH5, C02XG0FDJGH6) london design") == [
        "C02XG0FDJGH5", "C02XG0FDJGH6",
    ]  # fmt: skip


@for_each(
    ("word", "verb"),
    [("deregister", "cancel"), ("löschen", "cancel"), ("verschiebe", "move"), ("où", "show"),
     ("hello there", "help"), ("how do I", "help"), ("what", "show"), ("reg", "register"),
     ("sign in", "sign-in")],
)  # fmt: skip
def test_a_word_of_another_tool_or_language_names_the_verb_that_does_it(
    word: str, verb: str
) -> None:
    with pytest.raises(UnknownVerb) as caught:
        parse(f"{word} C02XG0FDJGH5" if " " not in word else word)

    assert caught.value.nearest == [verb]


@for_each("name", ["my_site_a", "_a", "a_", "2*3*4", "~", "a~b~c"])
def test_marks_inside_of_a_word_or_without_a_partner_are_its_own(name: str) -> None:
    assert parse(f"list {name}") == ListCommand(name)


def test_a_place_that_is_called_as_a_command_elsewhere_is_a_place() -> None:
    command = parser.parse("new C02XG0FDJGH5", lambda: ["new"], lambda: ["kiosk"])

    assert isinstance(command, PasteCommand)


def test_help_is_for_all_or_for_one_verb() -> None:
    assert parse("help") == HelpCommand()
    assert parse("help Move") == HelpCommand("move")


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


@for_each(
    ("text", "expected"),
    [
        ("register", "SERIAL SITE BUILD"),
        ("move C02A london", "SERIAL SITE BUILD"),
        ("move C02A C02B london design", "One serial, a site and a build"),
        ("cancel", "One serial"),
        ("cancel C02A C02B", "One serial"),
        ("find", "Something to look for"),
        ("list old york", "One site, or nothing"),
        ("bench", "SITE BUILD 12 for 2h"),
        ("bench london design", "SITE BUILD 12 for 2h"),
        ("bench london design 2h", "'2h' is not a number of Macs: 1 to 200"),
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
    assert parse_with(kinds, text) == command


@for_each(
    ("kinds", "text", "expected"),
    [
        (SITES_ALONE, "register", "a serial, then a site: SERIAL SITE$"),
        (SITES_ALONE, "register C02XG0FDJGH5 london design", "This repo has no builds"),
        (SITES_ALONE, "register C02A london design named x", "SERIAL SITE$"),
        (SITES_ALONE, "move C02A london design", "This repo has no builds. One serial and a site"),
        (SITES_ALONE, "move C02A", "SERIAL SITE$"),
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
        parse_with(kinds, text)


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
    command = parse_with(kinds, text)

    assert isinstance(command, PasteCommand)
    assert {(entry.site, entry.build) for entry in command.result.entries} == places


def test_the_names_of_a_kind_that_the_repo_lacks_are_not_asked_for() -> None:
    def unusable() -> list[str]:
        raise RepoUnusable("No such file or directory")

    text = "register C02XG0FDJGH5 C02XG0FDJGH6"
    assert parser.parse(text, lambda: SITES, unusable, SITES_ALONE) == parse_with(SITES_ALONE, text)


def test_a_long_text_that_is_no_command_is_not_repeated_in_full() -> None:
    with pytest.raises(Misunderstood) as raised:
        parse("x" * 5000)

    assert len(str(raised.value)) < 100


words = st.sampled_from(
    [
        "register",
        "MOVE",
        "cancel",
        "find",
        "list",
        "help",
        "bench",
        "12",
        "for",
        "2h",
        '"',
        "'",
        "\\",
        ",",
    ]
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
@example(INVISIBLE)
def test_the_form_is_for_nothing_at_all_and_for_nothing_else(text: str) -> None:
    """The window opens only then; anything else that led here would be answered by silence."""
    try:
        is_form = isinstance(parse(text), FormCommand)
    except Misunderstood:
        is_form = False

    assert is_form == (not text.replace(INVISIBLE, "").strip())


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("name C02A Reception No. 3", NameCommand("C02A", "Reception No. 3")),
        ("name C02A Acme Inc.", NameCommand("C02A", "Acme Inc.")),
        ("name C02A 'Dr. No'", NameCommand("C02A", "Dr. No")),
        ("move C02A 'Acme Inc.' design.", MoveCommand("C02A", "Acme Inc.", "design")),
        ('find St. "Gallen"', FindCommand("St. Gallen")),
        ("find St. Gallen", FindCommand("St. Gallen")),
    ],
)
def test_the_points_of_a_name_are_its_own(text: str, command: Command) -> None:
    assert parse(text) == command
