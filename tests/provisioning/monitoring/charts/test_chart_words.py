"""Names in the picture of the statistics, and the words that go with it."""

from hypothesis import given
from hypothesis import strategies as st

from infrastructure.fonts.lettering import drawable
from infrastructure.text import readable
from provisioning.monitoring.figures import Count, WaitingTimes, describe, duration
from tests.provisioning.monitoring.charts.pictured import DAYS, MONDAY, confirmed, drawn, figures_of
from tests.support.tables import for_each

HOSTILE = (
    *("$x$", "$\\frac{1}{", "\\$", "$$$", "_hidden", "^{", "%s{0}", "", " "),
    *("東京", "مكتب القاهرة", "תל אביב", "🍎", "👩‍👩‍👧", "\ufdfd" * 30, "W" * 255),
    *("a\nb\tc\x00d\x1b[31m", "\u202egnp.exe", "z" + "\u0301" * 500, "\ud800", "\ufffe"),
)


@for_each("names", [HOSTILE[:8], HOSTILE[8:]])
def test_any_name_can_be_drawn_without_a_warning(names: tuple[str, ...]) -> None:
    drawn(confirmed(**dict.fromkeys(names, 1)), title=names[0] + names[-1])


@given(st.text(max_size=300), st.integers(1, 60))
def test_whatever_others_write_is_one_line_that_our_font_can_show(text: str, most: int) -> None:
    line = drawable(text, most)

    assert 1 <= len(line) <= most
    assert line.isprintable()


def test_a_dollar_begins_no_formula() -> None:
    """As a formula each of them would be refused."""
    broken = ["$\\nothing{$", "$x^{$", "$\\frac{1}$"]

    drawn(confirmed(**dict.fromkeys(broken, 1)), title=broken[0])


def test_names_are_one_short_line_of_what_can_be_seen() -> None:
    assert readable("a\nb\tc\x00d\u202e", 20) == "a b cd"
    assert drawable("z" + "\u0301" * 500, 20) == "ź"
    assert readable("W" * 255, 20) == "W" * 19 + "…"
    assert drawable("東京 é", 20) == "?? é"
    assert drawable("\x00", 20) == "?"


def test_names_that_look_the_same_are_numbered() -> None:
    numbered, alike = confirmed(東京=2, 大阪=1), confirmed(**{"??": 2, "?? (2)": 1})

    assert drawn(numbered).png == drawn(alike).png


def test_the_one_row_of_a_repo_without_sites_is_called_all() -> None:
    figures = confirmed(**{"": 3})

    assert drawn(figures).png == drawn(confirmed(all=3)).png
    assert describe(figures, title="Today") == "Today: 3 Macs confirmed."


def test_the_words_say_how_many_where_and_how_long() -> None:
    wait = WaitingTimes(None, 120, 3 * 3600 + 600, 26 * 3600)
    figures = figures_of(
        Count(MONDAY, "london", 60, 50, 10),
        Count(DAYS[1], "london", 30, 30, 0),
        Count(MONDAY, "paris", 41, 40, 1),
        overall=wait,
    )

    assert drawn(figures, "Last 4 weeks").alt == (
        "Last 4 weeks: 120 Macs confirmed, most for london (80). "
        "11 Macs registered in this time are not confirmed yet. "
        "Median wait 3 h 10 min, nine of ten at most 1 d 2 h."
    )


@for_each(
    ("numbers", "words"),
    [
        ({"london": 1}, "Today: 1 Mac confirmed, all for london."),
        ({"london": 2, "paris": 2}, "Today: 4 Macs confirmed."),
        ({"london": 0}, "Today: no Macs confirmed."),
        ({"a\u202e\nb": 1}, "Today: 1 Mac confirmed, all for a b."),
    ],
)
def test_the_words_claim_no_more_than_is_so(numbers: dict[str, int], words: str) -> None:
    assert describe(confirmed(**numbers), title="Today") == words


def test_one_mac_that_waits_is_not_several() -> None:
    words = describe(figures_of(Count(MONDAY, "london", 1, 0, 1)), title="Today")

    assert words.endswith("1 Mac registered in this time is not confirmed yet.")


@for_each(
    ("seconds", "words"),
    [
        (0, "under a minute"),
        (60, "1 min"),
        (3599, "1 h"),
        (3 * 3600 + 600, "3 h 10 min"),
        (86399, "1 d"),
        (50 * 3600, "2 d 2 h"),
    ],
)
def test_a_wait_is_said_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words
