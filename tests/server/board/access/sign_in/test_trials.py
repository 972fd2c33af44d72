"""Tests of a sign-in, by which an admin sees which claims come, and that let nobody in."""

from typing import Any
from urllib.parse import urlsplit

import urllib3
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access.accounts.models import OutsideAccount
from tests.fakes.openid import CLIENT, Fault, OpenIdProvider, Person
from tests.server.board.access.sign_in.conftest import ada, go
from tests.server.board.conftest import ORIGIN, Browser, Browsers


def admin_of(browsers: Browsers, okta: OpenIdProvider) -> Browser:
    """A browser of an admin at Okta."""
    okta.person = ada("rollcall-admins")
    admin = browsers.new()
    go(admin, okta)
    return admin


def try_out(browser: Browser, provider: OpenIdProvider, name: str = "okta") -> Any:
    """Go the whole way of a test."""
    away = browser.get(f"/board/test-sign-in/{name}")
    back = urllib3.request("GET", away.location, redirect=False)
    return browser.get(back.headers["Location"].removeprefix(ORIGIN))


def test_an_admin_sees_which_claims_come_and_what_follows(
    browsers: Browsers, okta: OpenIdProvider, database: Database
) -> None:
    admin = admin_of(browsers, okta)
    before = admin.cookie
    assert "Test Okta" in admin.get("/board/test-sign-in").text

    okta.person = ada("paris-it", user="00u9", name="<b>Eve", sid="s3cret", nested={"a": ["<i>"]})
    page = try_out(admin, okta)

    assert (page.status_code, admin.cookie) == (200, before)
    for said in ("would be let in", "okta:00u9", "&lt;b&gt;Eve", "<strong>paris</strong>: yes"):
        assert said in page.text
    for claim in ("alice@example.com", "realm", "&lt;i&gt;", "paris-it"):
        assert (claim in page.text) == (claim != "realm"), claim
    assert "no group of okta" in page.text  # at another site
    for secret in ("s3cret", CLIENT[1], "xoxp-secret", "eyJ", "nonce", "at_hash"):
        assert secret not in page.text, secret
    with database.reading() as session:
        assert [row.id for row in session.scalars(select(OutsideAccount))] == ["okta:00u1"]


def test_a_test_that_fails_says_why(browsers: Browsers, okta: OpenIdProvider) -> None:
    admin = admin_of(browsers, okta)
    for person, fault, said in (
        (Person("00u9"), None, "no groups claim; claim=groups"),
        (ada("everyone"), None, "no mapped group"),
        (ada("it"), Fault.AUDIENCE, "for another client; came=another"),
        (ada("it"), Fault.DENIED, "access_denied"),
    ):
        okta.person, okta.fault = person, fault
        page = try_out(admin, okta)
        assert (page.status_code, "would not be let in" in page.text) == (200, True), said
        assert said in page.text
        assert ("alice@example.com" in page.text) == (fault is None)


def test_a_provider_that_cannot_even_be_asked_is_explained_to_who_tests_it(
    browsers: Browsers, corp: OpenIdProvider
) -> None:
    admin = browsers.of("U0ADMIN")
    corp.fault = Fault.DOWN
    page = admin.get("/board/test-sign-in/corp-sso").text
    assert "corp-sso cannot be reached" in page
    assert "In the log: HTTP 503" in page


def test_nobody_but_an_admin_tests_and_a_test_lets_nobody_in(
    browsers: Browsers, okta: OpenIdProvider
) -> None:
    admin, alice = admin_of(browsers, okta), browsers.of("U0ALICE")
    for path in ("/board/test-sign-in", "/board/test-sign-in/okta"):
        assert alice.get(path).status_code == 403
        assert browsers.new().get(path).location == "/board/sign-in"

    away = admin.get("/board/test-sign-in/okta")
    back = urllib3.request("GET", away.location, redirect=False).headers["Location"]
    path = back.removeprefix(ORIGIN)
    begun = admin.client.get_cookie("__Host-rollcall-signin", domain=urlsplit(ORIGIN).netloc)
    assert begun
    thief = browsers.new()  # who has the way back, and no session
    thief.client.set_cookie(
        "__Host-rollcall-signin", begun.value, domain="rollcall.example.com", secure=True
    )
    assert thief.get(path).location == "/board/sign-in"
    assert thief.cookie == ""
    assert admin.get(path).status_code == 200
