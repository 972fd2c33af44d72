"""Signing in with Slack: the whole way over HTTP, and each way in which it is refused."""

from datetime import UTC, datetime, timedelta

import urllib3
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.access.accounts import links
from provisioning.access.accounts.people import Member
from tests.fakes.openid import CLIENT, Fault, OpenIdProvider, Person
from tests.server.board.conftest import GUEST, ORIGIN, Browsers, read_people

ALICE = Person("U0ALICE")
NOT_TRUSTED = "does not trust"


def test_a_person_of_the_workspace_gets_in(browsers: Browsers, provider: OpenIdProvider) -> None:
    provider.person = ALICE
    browser = browsers.new()

    assert browser.get("/board").location == "/board/sign-in"
    answer = browser.sign_in()

    assert (answer.status_code, answer.location) == (303, "/board")
    (cookie,) = [each for each in answer.headers.getlist("Set-Cookie") if "rollcall=" in each]
    for part in ("__Host-rollcall=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert "Alice &lt;b&gt;" in browser.get("/board").text
    assert provider.refused == []


def test_a_provider_without_pkce_is_not_sent_any(
    browsers: Browsers, provider: OpenIdProvider
) -> None:
    provider.person, provider.has_pkce = ALICE, False

    assert "code_challenge" not in browsers.new().get("/board/sign-in/slack").location
    assert browsers.new().sign_in().status_code == 303


FAULTS = {
    Fault.NONCE: NOT_TRUSTED,
    Fault.NO_SIGNATURE: NOT_TRUSTED,
    Fault.SHARED_KEY: NOT_TRUSTED,
    Fault.WRONG_KEY: NOT_TRUSTED,
    Fault.EXPIRED: NOT_TRUSTED,
    Fault.AUDIENCE: NOT_TRUSTED,
    Fault.ISSUER: NOT_TRUSTED,
    Fault.NO_TOKEN: NOT_TRUSTED,
    Fault.STATE: "begun in another browser",
    Fault.DENIED: "did not let you in (access_denied)",
}


def test_whatever_is_wrong_with_an_answer_nobody_gets_in(
    browsers: Browsers, provider: OpenIdProvider
) -> None:
    provider.person = ALICE
    for fault, said in FAULTS.items():
        provider.fault = fault
        browser = browsers.new()
        with capture_logs() as log:
            answer = browser.sign_in()

        assert answer.status_code == 403, fault
        assert said in answer.text, fault
        assert browser.cookie == "", fault
        assert browser.get("/board").location == "/board/sign-in", fault
        assert [line["event"] for line in log if line["log_level"] == "warning"] == [
            "sign-in failed"
        ], fault
        for secret in (CLIENT[1], "xoxp-secret", "eyJ", *provider.granted):
            assert secret not in str(log) + answer.text, fault


def test_a_provider_that_is_down_is_named(browsers: Browsers, provider: OpenIdProvider) -> None:
    provider.fault = Fault.DOWN

    answer = browsers.new().get("/board/sign-in/slack")

    assert "Slack cannot be reached" in answer.text


def test_an_answer_is_good_once_and_in_one_browser(
    browsers: Browsers, provider: OpenIdProvider
) -> None:
    provider.person = ALICE
    browser = browsers.new()
    away = browser.get("/board/sign-in/slack")
    back = urllib3.request("GET", away.location, redirect=False).headers["Location"]
    path = back.removeprefix(ORIGIN)

    assert browsers.new().get(path).status_code == 403
    assert browser.get(path).status_code == 303
    replayed = browser.get(path)
    assert (replayed.status_code, "begun in another browser" in replayed.text) == (403, True)

    other = browsers.new()
    begun = other.get("/board/sign-in/slack")
    state = begun.location.split("state=")[1].split("&")[0]
    code = path.split("code=")[1].split("&")[0]
    assert NOT_TRUSTED in other.get(f"/board/sign-in/slack/callback?code={code}&state={state}").text
    assert "invalid_grant" in provider.refused


def test_those_who_may_not_use_rollcall_are_told_why(
    browsers: Browsers, provider: OpenIdProvider
) -> None:
    for person, said in (
        (Person("U0GUEST"), "you are a guest"),
        (Person("U0ALICE", team="T0OTHERS"), "another workspace"),
        (Person("U0NOBODY", email="alice@example.com"), "does not know you yet"),
        (Person(""), "did not say who you are"),
    ):
        provider.person = person
        answer = browsers.new().sign_in()

        assert (answer.status_code, said in answer.text) == (403, True), person


def test_nobody_new_gets_in_by_an_old_list(
    browsers: Browsers, provider: OpenIdProvider, database: Database
) -> None:
    provider.person = ALICE
    inside = browsers.new()
    inside.sign_in()
    read_people(database, at=datetime.now(UTC) - timedelta(minutes=6))

    assert "older than five minutes" in browsers.new().sign_in().text
    assert inside.get("/board").status_code == 200


def test_who_is_refused_meanwhile_is_out(browsers: Browsers, database: Database) -> None:
    alice = browsers.of("U0ALICE")
    assert alice.get("/board").status_code == 200

    read_people(database, Member("U0ALICE", "Alice", "en", GUEST))

    assert alice.get("/board").location == "/board/sign-in"


def test_a_link_lets_an_admin_in_once(browsers: Browsers, database: Database) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        codes = [links.make(session, user, now) for user in ("U0ADMIN", "U0ALICE")]
    admin = browsers.new()

    assert codes[0] in admin.get(f"/board/link?code={codes[0]}").text
    assert admin.post("/board/link", {"Origin": "https://evil.example"}, code=codes[0]).status_code
    assert admin.cookie == ""
    assert admin.post("/board/link", code=codes[0]).location == "/board"
    assert "Ada" in admin.get("/board").text
    for code in (*codes, "guessed"):
        assert "used up" in browsers.new().post("/board/link", code=code).text


def test_guesses_are_slowed(browsers: Browsers) -> None:
    answers = [browsers.new().post("/board/link", code=f"guess{n}") for n in range(22)]

    assert [answer.status_code for answer in answers[-2:]] == [429, 429]
    assert "Retry-After" in answers[-1].headers
    assert "Too many" in answers[-1].text


def test_an_admin_tests_the_sign_in_with_slack(
    browsers: Browsers, provider: OpenIdProvider
) -> None:
    admin = browsers.of("U0ADMIN")
    for person, said in (
        (Person("U0BOB"), "<strong>paris</strong>: yes"),
        (Person("U0GUEST"), "you are a guest"),
        (Person("U0BOB", team="T0OTHERS"), "another workspace"),
    ):
        provider.person = person
        away = admin.get("/board/test-sign-in/slack")
        back = urllib3.request("GET", away.location, redirect=False).headers["Location"]
        assert said in admin.get(back.removeprefix(ORIGIN)).text, said
