"""Signing in by other providers than Slack: rights from groups, and what an attacker tries."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import urllib3
from sqlalchemy import select
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.access.accounts import sessions
from provisioning.access.accounts.models import Account, BrowserSession, OutsideAccount
from provisioning.policy import PolicyFile
from rollcall.application import Application
from rollcall.parts.sign_in import ProviderList
from rollcall.settings import ServerSettings, UnusableSettings
from server.auth.providers import SignInFailed
from server.auth.providers.openid import OpenId
from tests.fakes.openid import CLIENT, Fault, OpenIdProvider, Person, running
from tests.server.board.conftest import COOKIE, ORIGIN, Browser, Browsers, read_people
from tests.server.board.registrations.test_bulk import asked, send
from tests.server.board.test_screens import code_on
from tests.server.machines.asked import registered
from tests.support import settings

POLICY = """
admins = ["U0ADMIN"]
[sign_in.okta]
title = "Okta"
issuer = "{okta}"
scopes = ["groups"]
groups = {{admins = ["rollcall-admins"], readers = ["it"]}}
[sign_in.corp-sso]
issuer = "{corp}"
groups_claim = "realm_access.roles"
[sites.paris]
title = "Paris"
group = "S0PARIS"
groups = {{okta = ["paris-it"]}}
[sites.london]
groups = {{corp-sso = ["it", "london"]}}
"""
NOT_TRUSTED = "does not trust"


def ada(*groups: str, user: str = "00u1", name: str = "Ada", **more: Any) -> Person:
    """Somebody at Okta, in these groups."""
    return Person(user, name=name, more={"groups": list(groups), **more})


@pytest.fixture
def okta() -> Iterator[OpenIdProvider]:
    """A provider."""
    with running(f"{ORIGIN}/board/sign-in/okta/callback") as provider:
        yield provider


@pytest.fixture
def corp() -> Iterator[OpenIdProvider]:
    """Another one, with the same client, as a careless admin sets it up."""
    with running(f"{ORIGIN}/board/sign-in/corp-sso/callback") as provider:
        yield provider


@pytest.fixture
def server_settings(
    okta: OpenIdProvider, corp: OpenIdProvider, repo_folder: Path
) -> ServerSettings:
    """A server whose policy has both."""
    policy = repo_folder / "rollcall.toml"
    policy.write_text(POLICY.format(okta=okta.url, corp=corp.url))
    ids, secret = {"OKTA": CLIENT[0], "CORP_SSO": CLIENT[0]}, CLIENT[1]
    found = settings.server_settings(repo_folder, ROLLCALL_URL=ORIGIN)
    clients = ServerSettings.model_validate(
        {
            **found.model_dump(by_alias=True),
            "ROLLCALL_SIGN_IN_NAME_CLIENT_ID": ids,
            "ROLLCALL_SIGN_IN_NAME_CLIENT_SECRET": dict.fromkeys(ids, secret),
        }
    )
    return clients.model_copy(update={"policy": policy})


def go(browser: Browser, provider: OpenIdProvider, name: str = "okta") -> Any:
    """Go the whole way: to a provider, and back."""
    away = browser.get(f"/board/sign-in/{name}")
    back = urllib3.request("GET", away.location, redirect=False)
    return browser.get(back.headers["Location"].removeprefix(ORIGIN))


def why_not(log: list[Any]) -> list[str]:
    """The reasons of failed sign-ins in the log."""
    return [line["reason"] for line in log if line["event"] == "sign-in failed"]


def test_somebody_of_a_mapped_group_gets_in_with_the_rights_of_it(
    browsers: Browsers, okta: OpenIdProvider, database: Database
) -> None:
    okta.person = ada("paris-it", "everyone", name="Ada <b>", locale="de-DE")
    browser = browsers.new()

    assert "Okta" in browser.get("/board/sign-in").text
    answer = go(browser, okta)

    assert (answer.status_code, answer.location) == (303, "/board")
    assert f"Max-Age={4 * 3600}" in str(answer.headers.getlist("Set-Cookie"))
    me = browser.get("/board/me").text
    assert "Ada &lt;b&gt;" in me
    assert "okta:00u1" in me
    assert 'lang="de"' in me
    assert "<strong>paris</strong>: ja" in me
    assert "<strong>london</strong>: ja" not in me
    with database.reading() as session:
        (account,) = session.scalars(select(OutsideAccount))
        assert (account.subject, account.provider) == ("00u1", "okta")


def test_nobody_may_do_anything_until_mapped(browsers: Browsers, okta: OpenIdProvider) -> None:
    for groups in ((), ("everyone",), ("it ",), ("IT",), ("S0PARIS",)):
        okta.person = ada(*groups)
        browser = browsers.new()
        with capture_logs() as log:
            answer = go(browser, okta)
        assert (answer.status_code, "None of your groups" in answer.text) == (403, True), groups
        assert why_not(log) == ["no mapped group"]
        assert browser.get("/board").location == "/board/sign-in"


def test_readers_read_and_admins_do_everything(browsers: Browsers, okta: OpenIdProvider) -> None:
    okta.person = ada("it")
    reader = browsers.new()
    go(reader, okta)
    assert "no group of okta" in reader.get("/board/me").text
    assert "yes: you may undo" not in reader.get("/board/me").text
    for answer in (
        reader.get("/board/hand-in"),
        reader.post("/board/hand-in", None, text="C02XG0FDJGH5"),
        reader.post("/board/hand-in/files", None, text="C02XG0FDJGH5"),
    ):
        assert (answer.status_code, "You may not register Macs" in answer.text) == (403, True)

    okta.person = ada("rollcall-admins", user="00u2")
    admin = browsers.new()
    go(admin, okta)
    me = admin.get("/board/me").text.partition("<main")[2]
    assert me.count(": yes</li>") == me.count("<li>") > 1
    assert "yes: you may undo" in me


def test_rights_follow_the_last_sign_in(browsers: Browsers, okta: OpenIdProvider) -> None:
    okta.person = ada("rollcall-admins")
    first, second = browsers.new(), browsers.new()
    go(first, okta)
    assert "yes: you may undo" in first.get("/board/me").text
    okta.person = ada("it")
    go(second, okta)

    assert "yes: you may undo" not in first.get("/board/me").text


def test_a_provider_that_is_taken_out_or_another_one_by_that_name_ends_its_sessions(
    browsers: Browsers, okta: OpenIdProvider, server_settings: ServerSettings, database: Database
) -> None:
    okta.person = ada("rollcall-admins")
    inside = browsers.new()
    go(inside, okta)
    policy = server_settings.policy
    assert policy is not None
    for number, text in enumerate(
        (
            policy.read_text(),
            policy.read_text().replace(okta.url, "https://another.example"),
            policy.read_text().replace("rollcall-admins", "others"),
            "admins = ['U0ADMIN']",
        )
    ):
        changed = policy.with_name(f"{number}.toml")
        changed.write_text(text)
        application = Application(
            server_settings.model_copy(update={"policy": changed}), database=database
        )
        same = Browsers(application.web_app(), database).new()
        same.client.set_cookie(
            COOKIE, inside.cookie, domain="rollcall.example.com", secure=True, path="/"
        )
        assert (same.get("/board/me").location is None) == (number == 0), text


def test_who_has_the_same_subject_at_another_provider_of_that_name_revives_no_session(
    browsers: Browsers, okta: OpenIdProvider, server_settings: ServerSettings, database: Database
) -> None:
    okta.person = ada("it")
    reader = browsers.new()
    go(reader, okta)
    policy = server_settings.policy
    assert policy is not None
    with running(f"{ORIGIN}/board/sign-in/okta/callback") as another:
        policy.write_text(policy.read_text().replace(okta.url, another.url))
        changed = Application(server_settings, database=database)
        others = Browsers(changed.web_app(), database)
        same, admin = others.new(), others.new()
        same.client.set_cookie(
            COOKIE, reader.cookie, domain="rollcall.example.com", secure=True, path="/"
        )
        another.person = ada("rollcall-admins", name="Grace")
        go(admin, another)

    assert "Grace" in admin.get("/board/me").text
    assert same.get("/board/me").location == "/board/sign-in"


FAULTS = {
    Fault.NONCE: "for another sign-in",
    Fault.ISSUER: "by another issuer",
    Fault.AUDIENCE: "for another client",
    Fault.EXPIRED: "expired, or a clock is wrong",
    Fault.FUTURE: "of the future, or a clock is wrong",
    Fault.NO_SIGNATURE: "UnsupportedAlgorithmError",
    Fault.SHARED_KEY: "UnsupportedAlgorithmError",
    Fault.WRONG_KEY: "BadSignatureError",
    Fault.NO_TOKEN: "KeyError",
    Fault.MIXED_UP: "a code of another issuer",
}


def test_each_fault_is_a_refusal_with_its_reason_in_the_log(
    browsers: Browsers, okta: OpenIdProvider
) -> None:
    okta.person = ada("rollcall-admins")
    found = {}
    for fault in FAULTS:
        okta.fault = fault
        browser = browsers.new()
        with capture_logs() as log:
            answer = go(browser, okta)
        assert (answer.status_code, NOT_TRUSTED in answer.text) == (403, True), fault
        assert browser.cookie == "", fault
        (found[fault],) = why_not(log)
        for secret in (CLIENT[1], "xoxp-secret", "eyJ", *okta.granted):
            assert secret not in str(log) + answer.text, fault
    assert found == FAULTS


def test_clocks_may_differ_by_less_than_a_minute(browsers: Browsers, okta: OpenIdProvider) -> None:
    okta.person = ada("it")
    for skew, status in ((-300 - 40, 303), (-300 - 90, 403)):  # its tokens last for 300 s
        okta.skew = skew
        assert go(browsers.new(), okta).status_code == status, skew


def test_a_new_key_of_a_provider_is_read_a_minute_after_the_last(okta: OpenIdProvider) -> None:
    now = [0.0]
    http = urllib3.PoolManager()
    client = OpenId(
        "Okta",
        okta.url,
        client=CLIENT,
        redirect_uri=okta.redirect_uri,
        http=http,
        clock=lambda: now[0],
    )
    okta.person = ada("it")

    def come_back() -> str:
        url, attempt = client.begin()
        back = urllib3.request("GET", url, redirect=False).headers["Location"]
        return str(client.finish(dict(parse_qsl(urlsplit(back).query)), attempt)["sub"])

    assert come_back() == "00u1"
    okta.has_new_key = True
    with pytest.raises(SignInFailed):  # or who forges ids of keys has it ask at any speed
        come_back()
    now[0] = 61.0
    assert come_back() == "00u1"
    http.clear()


def test_providers_that_do_not_answer_hold_two_threads_at_the_most() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, urllib3.PoolManager() as http:
        issuer = f"http://127.0.0.1:{silent.getsockname()[1]}"
        clients = [
            OpenId(name, issuer, client=CLIENT, redirect_uri="", http=http)
            for name in ("Okta", "Corp", "Slack")
        ]
        with ThreadPoolExecutor(2) as threads:
            waiting = [threads.submit(client.begin) for client in clients[:2]]
            asked = [silent.accept()[0] for _ in waiting]
            with pytest.raises(SignInFailed, match="cannot be reached") as refused:
                clients[2].begin()
            for connection in asked:
                connection.close()
        assert refused.value.code == "too many ask"
        for each in waiting:
            with pytest.raises(SignInFailed, match="cannot be reached"):
                each.result()


def test_groups_that_are_missing_or_odd_are_refused(
    browsers: Browsers, okta: OpenIdProvider
) -> None:
    for more, reason in (
        ({}, "no groups claim"),
        ({"groups": None}, "no groups claim"),
        ({"groups": {"it": True}}, "groups that are no list of texts"),
        ({"groups": ["it", 7]}, "groups that are no list of texts"),
        ({"groups": ["it", "\0"]}, "groups that are no list of texts"),
        ({"groups": ["it"] * 1001}, "too many groups, or too long ones"),
        ({"groups": "it, rollcall-admins"}, "no mapped group"),
    ):
        okta.person = Person("00u1", more=more)
        with capture_logs() as log:
            assert go(browsers.new(), okta).status_code == 403, more
        assert why_not(log) == [reason]
        assert "alice@example.com" not in str(log)
        if reason == "no groups claim":
            (line,) = [each for each in log if "came" in each]
            assert "email" in line["came"]


def test_groups_are_asked_for_where_a_token_leaves_them_out(
    browsers: Browsers, okta: OpenIdProvider, corp: OpenIdProvider
) -> None:
    okta.has_userinfo = corp.has_userinfo = True
    okta.person = ada("it")
    corp.person = Person("7", more={"realm_access": {"roles": ["london"]}})
    assert go(browsers.new(), okta).status_code == 303
    browser = browsers.new()
    assert go(browser, corp, "corp-sso").status_code == 303
    assert "<strong>london</strong>: yes" in browser.get("/board/me").text

    okta.fault = Fault.SOMEBODY_ELSE
    with capture_logs() as log:
        assert go(browsers.new(), okta).status_code == 403
    assert why_not(log) == ["userinfo about somebody else"]


def test_one_provider_cannot_pass_for_another(
    browsers: Browsers, okta: OpenIdProvider, corp: OpenIdProvider
) -> None:
    corp.person, okta.person = Person("00u1", more={"realm_access": {"roles": ["it"]}}), ada("it")
    browser = browsers.new()
    away = browser.get("/board/sign-in/corp-sso")
    back = urllib3.request("GET", away.location, redirect=False).headers["Location"]
    with capture_logs() as log:
        mixed = browser.get(back.removeprefix(ORIGIN).replace("corp-sso", "okta"))
    assert (mixed.status_code, browser.cookie) == (403, "")
    assert why_not(log) == ["an attempt at another provider"]
    assert len(corp.granted) == 1  # the code was sent to nobody
    # and the attempt is gone
    assert browser.get(back.removeprefix(ORIGIN)).status_code == 403


def test_groups_of_one_provider_mean_nothing_at_another(
    browsers: Browsers, corp: OpenIdProvider
) -> None:
    corp.person = Person("00u1", more={"realm_access": {"roles": ["rollcall-admins", "paris-it"]}})
    assert go(browsers.new(), corp, "corp-sso").status_code == 403


def test_a_sign_in_is_good_once_in_one_browser(browsers: Browsers, okta: OpenIdProvider) -> None:
    okta.person = ada("it")
    browser = browsers.new()
    away = browser.get("/board/sign-in/okta")
    back = urllib3.request("GET", away.location, redirect=False).headers["Location"]
    path = back.removeprefix(ORIGIN)
    stolen = browser.client.get_cookie("__Host-rollcall-signin", domain=urlsplit(ORIGIN).netloc)
    assert stolen

    assert browsers.new().get(path).status_code == 403
    assert browser.get(path).status_code == 303
    assert browser.get(path).status_code == 403
    thief = browsers.new()  # even with the cookie: the code is spent
    thief.client.set_cookie(
        "__Host-rollcall-signin", stolen.value, domain="rollcall.example.com", secure=True
    )
    assert thief.get(path).status_code == 403
    assert "invalid_grant" in okta.refused


def test_what_they_do_to_several_macs_is_told_and_can_be_undone(
    browsers: Browsers, okta: OpenIdProvider, database: Database
) -> None:
    registered(database, "C02A", site="paris")
    okta.person = ada("paris-it")
    browser = browsers.new()
    go(browser, okta)

    told = send(browser, asked(browser, "verb=cancel&mac=1"))

    assert "1 Mac cancelled." in told
    assert 'action="/board/registrations/undo/' in told


def test_who_is_called_otherwise_since_is_the_same_person(
    browsers: Browsers, okta: OpenIdProvider, database: Database
) -> None:
    okta.person = ada("paris-it", name="Ada Byron")
    before, after, wall = browsers.new(), browsers.new(), browsers.new()
    go(before, okta)
    registered(database, "C02A", site="paris")
    before.post("/board/macs/C02A/cancel")
    before.post("/board/screens", None, code=code_on(wall), site="paris")
    wall.get("/board/wall")
    okta.person = ada("it", name="Ada Lovelace")
    go(after, okta)

    assert "Ada Byron (okta)" in after.get("/board/screens").text
    assert after.post("/board/screens/1/end").status_code == 303
    assert after.post("/board/macs/C02A/undo/2").status_code == 303


def test_accounts_are_never_linked_by_e_mail(
    browsers: Browsers, okta: OpenIdProvider, corp: OpenIdProvider, database: Database
) -> None:
    okta.person = ada("it", email="ada@example.com", sub="U0ADMIN", name="Ada")
    corp.person = Person("U0ADMIN", email="ada@example.com", more={"realm_access": {"roles": "it"}})
    one, other = browsers.new(), browsers.new()
    go(one, okta)
    go(other, corp, "corp-sso")

    for browser in (one, other):  # not Slack's U0ADMIN, who is an admin
        assert "yes: you may undo" not in browser.get("/board/me").text
    with database.reading() as session:
        ids = sorted(row.id for row in session.scalars(select(OutsideAccount)))
        assert ids == ["corp-sso:U0ADMIN", "okta:U0ADMIN"]
        assert session.get_one(Account, "U0ADMIN").name == "Ada"


def test_a_subject_that_is_no_subject_is_refused(browsers: Browsers, okta: OpenIdProvider) -> None:
    for subject in ("", "x" * 256, "ä", "a\nb", 7, None):
        okta.person = ada("it", sub=subject)
        answer = go(browsers.new(), okta)
        assert (answer.status_code, "who you are" in answer.text or NOT_TRUSTED in answer.text) == (
            403,
            True,
        ), subject


def test_no_address_leads_elsewhere(browsers: Browsers, okta: OpenIdProvider) -> None:
    okta.person = ada("it")
    browser = browsers.new()
    away = browser.get("/board/sign-in/okta?next=https://evil.example&redirect_uri=//evil.example")
    assert "evil" not in away.location
    back = urllib3.request("GET", away.location, redirect=False).headers["Location"]
    path = back.removeprefix(ORIGIN)
    assert browser.get(f"{path}&next=//evil.example").location == "/board"


def test_a_hostile_name_stays_a_name(browsers: Browsers, okta: OpenIdProvider) -> None:
    okta.person = ada("it", name="<!channel> @U0ADMIN\u202e\n<script>", preferred_username="a")
    browser = browsers.new()
    go(browser, okta)
    page = browser.get("/board/me").text
    assert "<script>" not in page.replace('<script src="/board/static/board.js" defer>', "")
    assert "\u202e" not in page
    assert "@U0ADMIN" not in page


def test_people_in_slack_keep_the_sessions_of_outsiders_open(
    browsers: Browsers, okta: OpenIdProvider, database: Database
) -> None:
    okta.person = ada("it")
    browser = browsers.new()
    go(browser, okta)
    read_people(database, at=datetime.now(UTC))
    assert browser.get("/board").status_code == 200
    with database.reading() as session:
        (row,) = session.scalars(select(BrowserSession))
        assert row.expires_at - row.made_at == sessions.LIFETIME_OUTSIDE


def test_a_provider_without_its_secret_is_named(server_settings: ServerSettings) -> None:
    bare = server_settings.model_copy(update={"sign_in_secrets": {}})
    with pytest.raises(UnusableSettings, match="ROLLCALL_SIGN_IN_OKTA_CLIENT_SECRET"):
        ProviderList(bare, PolicyFile(server_settings.policy))


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


def test_providers_follow_the_policy_while_it_changes(server_settings: ServerSettings) -> None:
    path = server_settings.policy
    assert path is not None
    now = [0.0]
    providers = ProviderList(server_settings, PolicyFile(path, clock=lambda: now[0]))
    okta, corp = providers()

    path.write_text(path.read_text().replace('title = "Okta"', 'title = "Octa"'))
    now[0] += 2
    renamed, same = providers()
    assert (okta.title, renamed.title) == ("Okta", "Octa")
    assert same is corp

    path.write_text(f'{path.read_text()}\n[sign_in.new]\nissuer = "https://new.example"\n')
    now[0] += 2
    with capture_logs() as log:
        assert [provider.name for provider in providers()] == ["okta", "corp-sso"]
    (line,) = log
    assert "ROLLCALL_SIGN_IN_NEW_CLIENT_SECRET" in line["reason"]

    path.write_text("")
    now[0] += 2
    assert list(providers()) == []
