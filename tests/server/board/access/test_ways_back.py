"""Where a sign-in leads: back to the page for which a person signed in, and never elsewhere."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import urllib3

from infrastructure.database.engine import Database
from provisioning.access.accounts import codes, links
from tests.fakes.openid import OpenIdProvider, Person
from tests.server.board.conftest import COOKIE, ORIGIN, Browser, Browsers
from tests.support.tables import for_each

KEPT = "__Host-rollcall-page"
MAC = "/board/macs/C02XL0AAJGH5"
TABLE = "/board/registrations?q=caf%C3%A9+%22x%22&sort=-site&page=2"

Sign = Callable[[Browser], str | None]


def keep(browser: Browser, page: str) -> None:
    """Have a browser bring back a page that we never asked it to keep."""
    browser.client.set_cookie(KEPT, page, domain="rollcall.example.com", secure=True, path="/")


@pytest.fixture
def sign_in(browsers: Browsers, database: Database) -> Sign:
    """Signs a browser in by a code, and returns where that leads."""
    del browsers  # who reads the people

    def signed_in(browser: Browser) -> str | None:
        with database.begin() as session:
            code = codes.make(session, "U0ALICE", datetime.now(UTC))
        return browser.post("/board/code", code=code).location

    return signed_in


@for_each("page", ["/board", MAC, TABLE, "/board/macs/caf%C3%A9%20%22", "/board/?q=x"])
def test_who_opens_a_page_without_a_session_is_there_after_the_sign_in(
    browsers: Browsers, sign_in: Sign, page: str
) -> None:
    browser = browsers.new()
    assert browser.get(page).location == "/board/sign-in"
    browser.get("/board/sign-in")

    assert sign_in(browser) == page
    assert browser.get("/board/me").status_code == 200
    browser.post("/board/sign-out")
    assert sign_in(browser) == "/board"  # it leads there once


def test_each_way_to_sign_in_leads_back(
    browsers: Browsers, provider: OpenIdProvider, database: Database
) -> None:
    provider.person = Person("U0ALICE")
    by_slack, by_link = browsers.new(), browsers.new()
    for browser in (by_slack, by_link):
        browser.get(MAC)
    with database.begin() as session:
        code = links.make(session, "U0ADMIN", datetime.now(UTC))

    assert by_slack.sign_in().location == MAC
    assert by_link.post("/board/link", code=code).location == MAC


def test_after_a_form_or_a_file_it_is_the_page_that_had_it(
    browsers: Browsers, sign_in: Sign
) -> None:
    form, file, foreign = browsers.new(), browsers.new(), browsers.new()

    form.post(f"{MAC}/cancel", {"Referer": ORIGIN + MAC})
    file.get("/board/registrations.csv?q=x", Referer=ORIGIN + TABLE)
    foreign.post(f"{MAC}/cancel", {"Referer": "https://evil.example//evil.example"})

    assert sign_in(form) == MAC
    assert sign_in(file) == TABLE
    assert sign_in(foreign) == "/board"


@for_each("odd", ["http://[", "https://[bad]/board/x", "board", "\\", "https:"])
def test_a_form_with_an_odd_address_of_its_page_is_refused_as_another_is(
    browsers: Browsers, sign_in: Sign, odd: str
) -> None:
    browser = browsers.new()

    assert browser.post(f"{MAC}/cancel", {"Referer": odd}).location == "/board/sign-in"
    assert sign_in(browser) == "/board"
    assert browser.post(f"{MAC}/cancel", {"Referer": odd}).status_code == 404


def test_what_is_no_page_is_not_where_a_sign_in_leads(
    browsers: Browsers, sign_in: Sign, provider: OpenIdProvider
) -> None:
    """Open pages ask for news even where no `live` runs; a test of a sign-in comes back once."""
    asking, admin = browsers.new(), browsers.of("U0ADMIN")
    asking.get(MAC)
    asking.get("/board/live?mac=5", Accept="text/event-stream")
    assert sign_in(asking) == MAC

    provider.person = Person("U0ADMIN")
    away = admin.get("/board/test-sign-in/slack")
    back = urllib3.request("GET", away.location, redirect=False).headers["Location"]
    with admin.client as client:
        client.delete_cookie(COOKIE, domain=urlsplit(ORIGIN).netloc, path="/")
    assert admin.get(back.removeprefix(ORIGIN)).location == "/board/sign-in"
    assert admin.sign_in().location == "/board"


@for_each(
    "page",
    [
        *("//evil.example", "https://evil.example", "\\\\evil.example", "/\\evil.example", ""),
        *(
            "/boardevil",
            "/board@evil.example",
            "/board/\r\nSet-Cookie: evil=1",
            "/board/" + "x" * 3000,
        ),
    ],
)
def test_no_page_of_elsewhere_is_where_a_sign_in_leads(
    browsers: Browsers, sign_in: Sign, page: str
) -> None:
    browser = browsers.new()
    keep(browser, page)

    assert sign_in(browser) == "/board"


def test_an_address_below_the_board_that_is_none_is_a_page_that_says_so(
    browsers: Browsers,
) -> None:
    alice = browsers.of("U0ALICE")
    for path in ("/board/nothing", "/board/sign-out", "/board/registrations/undo/1", "/board/a/b/"):
        answer = alice.get(path)
        assert (path, answer.status_code) == (path, 404)
        assert "There is no such page." in answer.text
        assert "Alice &lt;b&gt;" in answer.text, path


def test_who_is_refused_goes_back_to_the_page_with_the_form(browsers: Browsers) -> None:
    alice, back = browsers.of("U0ALICE"), f'<a href="{MAC}?done=x&amp;y">Back to the page</a>'

    refused = alice.post(f"{MAC}/cancel", {"Referer": f"{ORIGIN}{MAC}?done=x&y"})
    foreign = alice.post(f"{MAC}/cancel", {"Referer": "https://evil.example/x"}, form_token="")

    opened = alice.get("/board/nothing", Referer=f"{ORIGIN}{MAC}")

    assert (refused.status_code, back in refused.text) == (404, True)
    assert "Back to the page" not in opened.text  # nothing is lost: the browser has that, too
    assert (foreign.status_code, "Back to the page" in foreign.text) == (403, False)
