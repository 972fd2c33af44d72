"""Pages that are loaded again for news: a part of them, looked up once for all who were told."""

from collections.abc import Callable
from itertools import count

import pytest

from infrastructure.database.engine import Database
from server.board.recent import NO_NEWS, RecentValues
from tests.server.board.conftest import Browser, Browsers
from tests.server.board.test_screens import pair
from tests.support.acting import register

JOURNAL = "0123abcd"


def look(browser: Browser, path: str = "/board", news: str = "") -> str:
    """The content that a page gets which is open."""
    return browser.get(path, **{"Rollcall-News": news}).text


def test_a_page_that_is_open_gets_its_content_alone(browsers: Browsers, database: Database) -> None:
    register(database, "C02AAA")
    alice = browsers.of("U0ALICE")
    for path in ("/board", "/board/macs/C02AAA", "/board/sessions", "/board/screens"):
        whole, part = alice.get(path).text, look(alice, path)
        assert "<html" not in part, path
        assert "<nav" not in part, path
        assert part.partition("</title>")[2].strip() in whole, path
        assert 'data-live="' in part or path == "/board/sessions", path


def test_the_board_is_found_with_a_slash_behind_it_too(browsers: Browsers) -> None:
    assert browsers.of("U0ALICE").get("/board/").status_code == 200


def test_an_unchanged_page_is_not_sent_again(browsers: Browsers, database: Database) -> None:
    register(database, "C02AAA")
    alice = browsers.of("U0ALICE")
    first = alice.get("/board", **{"Rollcall-News": ""})
    again = alice.get("/board", **{"Rollcall-News": "", "If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.text) == (304, "")
    assert "Rollcall-News" in first.headers["Vary"]


def test_news_show_what_happened_before_them_and_opening_shows_everything(
    browsers: Browsers, database: Database
) -> None:
    alice, bob = browsers.of("U0ALICE"), browsers.of("U0BOB")
    screen = pair(browsers, "U0ALICE", "london")
    for number, serial in enumerate(("C02AAA", "C02BBB", "C02CCC"), 1):
        register(database, serial)
        for each, path in ((alice, "/board"), (bob, "/board"), (screen, "/board/wall")):
            assert serial in look(each, path, f"{JOURNAL}-{number}"), (serial, path)
            assert serial in each.get(path).text


def test_all_who_were_told_get_the_same_content_which_is_about_nobody(
    browsers: Browsers, database: Database
) -> None:
    register(database, "C02AAA")
    told = [look(browsers.of(user), news=f"{JOURNAL}-1") for user in ("U0ALICE", "U0ADMIN")]
    assert told[0] == told[1]
    assert [name for name in ("Alice", "Ada", "form_token") if name in told[0]] == []
    assert "keine" in look(browsers.of("U0BOB"), news=f"{JOURNAL}-1")  # in their language


def test_strange_news_are_none(browsers: Browsers) -> None:
    alice = browsers.of("U0ALICE")
    for news in ("x", f"{JOURNAL}-", f"{JOURNAL}-{'9' * 30}", "-1", "../../x", "<b>"):
        assert "Search" in look(alice, news=news)


@pytest.fixture
def looked_up() -> Callable[[], int]:
    """Returns another number each time that it is called."""
    return count(1).__next__


def test_what_is_the_same_for_all_is_looked_up_once_for_the_same_news(
    looked_up: Callable[[], int],
) -> None:
    recent: RecentValues[int] = RecentValues()

    def get(news: tuple[str, int] | None, key: str = "all") -> int:
        return recent.get(key, news, looked_up)

    assert [get((JOURNAL, 2)), get((JOURNAL, 2)), get((JOURNAL, 1)), get(NO_NEWS)] == [1, 1, 1, 1]
    assert get((JOURNAL, 2), "london") == 2
    assert get((JOURNAL, 3)) == 3  # later news
    assert get(("89ef4567", 1)) == 4  # of another process
    assert [get(None), get(None)] == [5, 6]  # a page that is opened
