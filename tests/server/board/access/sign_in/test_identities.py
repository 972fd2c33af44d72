"""Identities from elsewhere: the same person by another name, and others by the same one."""

from datetime import UTC, datetime

from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access.accounts import sessions
from provisioning.access.accounts.models import Account, BrowserSession, OutsideAccount
from rollcall.application import Application
from rollcall.settings import ServerSettings
from tests.fakes.openid import OpenIdProvider, Person, running
from tests.server.board.access.sign_in.conftest import NOT_TRUSTED, ada, go
from tests.server.board.conftest import COOKIE, ORIGIN, Browsers, read_people
from tests.server.board.test_screens import code_on
from tests.server.machines.asked import registered


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
    okta.person = ada("paris-it", name="Ada Lovelace")
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


def test_a_hostile_name_stays_a_name(browsers: Browsers, okta: OpenIdProvider) -> None:
    okta.person = ada("it", name="<!channel> @U0ADMIN\u202e\n<script>", preferred_username="a")
    browser = browsers.new()
    go(browser, okta)
    page = browser.get("/board/me").text
    assert "<script>" not in page.replace('<script src="/board/static/board.js" defer>', "")
    assert "\u202e" not in page
    assert "@U0ADMIN" not in page
    assert "U0ADMIN &lt;script&gt;" in page, page


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
