"""One-time codes: each lets one person in once, soon, and guesses at them are slowed."""

from datetime import UTC, datetime, timedelta

import pytest

from infrastructure.database.engine import Database
from provisioning.access.accounts import codes
from provisioning.access.accounts.people import Member
from server.answers import with_code
from tests.server.board.conftest import GUEST, ORIGIN, Browsers, read_people
from tests.support.fixtures.doors import NOON


def made(database: Database, user: str = "U0ALICE", *, age: float = 0) -> str:
    """A code that the bot gave so many minutes ago."""
    with database.begin() as session:
        return codes.make(session, user, datetime.now(UTC) - timedelta(minutes=age))


def test_a_code_lets_its_person_in_once_for_an_hour(browsers: Browsers, database: Database) -> None:
    browser, code = browsers.new(), made(database)
    assert 'href="/board/code"' in browser.get("/board/sign-in").text
    assert "one-time-code" in browser.get("/board/code").text

    answer = browser.post("/board/code", code=f" {code.lower().replace('-', ' ')}")

    assert answer.location == "/board"
    assert "Max-Age=3600" in str(answer.headers.getlist("Set-Cookie"))
    me = browser.get("/board/me").text
    assert "Alice &lt;b&gt;" in me
    assert "a code" in me
    again = browsers.new()
    assert "wrong, used up or too old" in again.post("/board/code", code=code).text
    assert again.cookie == ""


def test_what_is_to_be_typed_is_code_on_a_page_and_hostile_text_stays_text(
    browsers: Browsers,
) -> None:
    assert "Type <code>sign-in</code> behind" in browsers.new().get("/board/code").text
    assert with_code("no `<b>` & none") == "no <code>&lt;b&gt;</code> &amp; none"


def test_an_old_code_an_earlier_one_and_one_of_somebody_who_is_out_let_nobody_in(
    browsers: Browsers, database: Database
) -> None:
    first = made(database)
    second = made(database)
    of_bob = made(database, "U0BOB")
    read_people(database, Member("U0BOB", "Bob", "en", GUEST), Member("U0ALICE", "A", "en", None))
    for code in (first, made(database, "U0ADMIN", age=11), of_bob, "", "-", "0" * 12):
        answer = browsers.new().post("/board/code", code=code)
        assert answer.status_code == 403, code
    assert browsers.new().post("/board/code", code=second).status_code == 303


def test_who_is_taken_out_of_slack_is_out(browsers: Browsers, database: Database) -> None:
    browser = browsers.new()
    browser.post("/board/code", code=made(database))
    read_people(database, Member("U0BOB", "Bob", "en", None))
    assert browser.get("/board").location == "/board/sign-in"


def test_a_form_of_elsewhere_signs_nobody_in(browsers: Browsers, database: Database) -> None:
    browser, code = browsers.new(), made(database)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = browser.post("/board/code", {"Origin": ORIGIN, **headers}, code=code)
        assert (answer.status_code, browser.cookie) == (403, "")
    assert browser.get(f"/board/code?code={code}").status_code == 200
    assert browser.cookie == ""
    assert browser.post("/board/code", code=code).status_code == 303


def test_after_guesses_even_the_right_one_waits(browsers: Browsers, database: Database) -> None:
    code = made(database)
    answers = [browsers.new().post("/board/code", code=f"{n:012}") for n in range(22)]

    assert [answer.status_code for answer in answers[18:]] == [403, 403, 429, 429]
    waiting = browsers.new().post("/board/code", code=code)
    assert (waiting.status_code, "Retry-After" in waiting.headers) == (429, True)


@pytest.mark.postgresql(instead=True)
def test_a_code_is_used_up_by_one_of_two(database: Database) -> None:
    with database.begin() as session:
        code = codes.make(session, "U0ALICE", NOON)
    with database.begin() as session:
        assert codes.redeem(session, code, NOON + codes.LIFETIME) is None
        assert codes.redeem(session, code.replace("0", "o").replace("1", "l"), NOON) == "U0ALICE"
        assert codes.redeem(session, code, NOON) is None
    assert len(code.replace("-", "")) == codes.LENGTH
    assert len(set(codes.LETTERS)) == 32
