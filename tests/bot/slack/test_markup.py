"""The small pieces that every message is made of."""

from hypothesis import given
from hypothesis import strategies as st

from bot.registrations import batch_card
from bot.slack.markup import (
    LONGEST_TEXT,
    Message,
    author,
    moment,
    person,
    place,
    plain,
    registered,
    section,
    standing,
)
from bot.slack.tables import who
from provisioning.registrations.models import ADOPTED, CANCELLED, CONFIRMED, WAITING
from provisioning.values import outsiders
from provisioning.values.slack import escape
from tests.support.inputs import strategies
from tests.support.inputs.examples import ANY_NAME, NOON, card, faults, mac, macs, written
from tests.support.tables import for_each

anything = st.text(st.characters()) | strategies.hostile
SPACE = "\u200b"  # of no width


@given(anything)
def test_an_escaped_text_cannot_mention_link_or_format(text: str) -> None:
    escaped = escape(text)

    assert not set(escaped) & {"<", ">"}
    assert escaped.count("&") == sum(escaped.count(name) for name in ("&amp;", "&lt;", "&gt;"))
    for mark in "*_~`":
        assert escaped.count(mark) == escaped.count(f"{mark}{SPACE}")


@given(anything)
def test_an_escaped_text_reads_as_it_was_written(text: str) -> None:
    shown = escape(text)
    for name, mark in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        shown = shown.replace(name, mark)

    assert shown.replace(SPACE, "") == text.replace(SPACE, "")


@given(st.text(st.characters(exclude_categories=["C"]) | st.just("\n"), min_size=1))
def test_a_text_of_any_length_fits_into_a_section(text: str) -> None:
    for times in (1, 50, 5000):
        assert len(section(text * times).text.text) <= 3000  # type: ignore[union-attr]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_the_text_of_a_message_fits_into_an_edit(text: str) -> None:
    assert Message(text, []).short_text == text
    for times in (50, 5000):
        long = Message(text * times, [])
        cut = long.short_text
        assert len(cut.encode()) <= LONGEST_TEXT
        assert long.text.startswith(cut.removesuffix("…"))


def test_a_text_that_is_too_long_ends_with_a_whole_word() -> None:
    words = ["`C02XG0FDJGH5`"] * 400

    assert set(Message(" ".join(words), []).short_text.removesuffix("…").split()) == {words[0]}


@for_each("length", [2998, 2999, 3000, 3001, 3002, 6000])
@for_each("line", [None, 1, 10, 999, 2997, 2998, 2999, 3000])
def test_a_section_is_never_too_long_wherever_its_lines_end(length: int, line: int | None) -> None:
    text = "x" * length
    if line is not None:
        text = "\n".join(text[i : i + line] for i in range(0, length, line))

    assert faults(plain(text)) == []


def test_slack_makes_no_links_and_mentions_of_a_text_that_people_wrote() -> None:
    assert section("room 4, see @here or wiki.example.com").to_dict()["text"]["verbatim"] is True


def test_a_section_that_fits_is_not_cut() -> None:
    text = "x\n" * 1499 + "xx"
    assert len(text) == 3000
    assert section(text).text.text == text  # type: ignore[union-attr]


def test_a_section_that_does_not_fit_is_cut_at_the_end_of_a_line() -> None:
    text = "\n".join(f"line {number:04}" for number in range(500))
    cut = written(plain(text))

    lines = cut.split("\n")
    assert lines[-1] == "…"
    assert lines[:-1] == text.split("\n")[: len(lines) - 1]
    assert len(cut) > 2900


def test_a_place_is_a_site_and_a_build() -> None:
    assert place("london", "R&D <1>") == "*london* / *R&amp;D &lt;1&gt;*"


def test_a_person_is_mentioned_and_nobody_is_nobody() -> None:
    assert (person("U0ALICE"), person(None)) == ("<@U0ALICE>", "nobody")


def test_somebody_who_is_not_in_slack_is_named_and_never_mentioned() -> None:
    name = outsiders.shown_name("<@U0ADMIN> <!channel> *x* @U0BOB", "okta:00u1")
    for by, shown in (
        ("okta:00u1 Ada Lovelace", "Ada Lovelace (okta)"),
        (outsiders.author("okta:00u1", name), "&lt;＠U0ADMIN&gt; &lt;!channel&gt; *\u200bx*\u200b"),
    ):
        for text in (
            person(by),
            author(by),
            registered(by),
            standing(mac(registered_by=by)),
            written(batch_card.batch(card(registered_by=by), {WAITING: 2}, macs(2))),
        ):
            assert shown in text
            assert "<@" not in text
            assert "<!channel>" not in text
        assert "'type': 'user'" not in str(who(by))


def test_a_moment_is_shown_in_the_readers_own_zone() -> None:
    assert moment(NOON) == ("<!date^1772452800^{date_short_pretty} {time}|2026-03-02 12:00 UTC>")


def test_a_mac_that_waits_is_told_in_a_line() -> None:
    line = standing(mac())

    assert line.startswith("`C02ABC123DEF` → *london* / *design*: waiting for its first boot; ")
    assert "registered by <@U0ALICE> <!date^1772452800^" in line
    assert "\n" not in line


def test_a_mac_that_is_done_is_told_with_the_moment_and_under_its_own_name() -> None:
    line = standing(mac(state=CONFIRMED, confirmed_at=NOON, reported_as="C02abc123def"))
    assert line.startswith("`C02abc123def` → *london* / *design*: confirmed <!date^1772452800^")


def test_a_mac_that_was_confirmed_and_then_cancelled_is_cancelled() -> None:
    line = standing(mac(state=CANCELLED, confirmed_at=NOON, closed_at=NOON))
    assert ": cancelled; " in line


def test_a_mac_that_its_script_brought_in_was_registered_by_nobody() -> None:
    done = mac(registered_by=None, state=CONFIRMED, confirmed_at=NOON)
    assert "registered by nobody" in standing(done)


def test_an_adopted_mac_is_confirmed_without_a_moment_and_mentions_nobody() -> None:
    adopted = mac(registered_by=ADOPTED, state=CONFIRMED)
    assert ": confirmed; adopted <!date^1772452800^" in standing(adopted)
    assert person(ADOPTED) == "an admin"


@ANY_NAME
def test_one_mac_fits_whatever_its_site_and_build_are_called(name: str) -> None:
    assert faults(plain(standing(mac("0" * 64, site=name, build=name)))) == []
