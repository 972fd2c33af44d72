"""Rights of people from elsewhere: they follow from the groups that their provider names."""

from sqlalchemy import select
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.access.accounts.models import OutsideAccount
from tests.fakes.openid import Fault, OpenIdProvider, Person
from tests.server.board.access.sign_in.conftest import ada, go, why_not
from tests.server.board.conftest import Browsers
from tests.server.board.registrations.test_bulk import asked, send
from tests.server.machines.asked import registered


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
    assert "more" not in me
    assert "yes: you may undo" in me


def test_rights_follow_the_last_sign_in(browsers: Browsers, okta: OpenIdProvider) -> None:
    okta.person = ada("rollcall-admins")
    first, second = browsers.new(), browsers.new()
    go(first, okta)
    assert "yes: you may undo" in first.get("/board/me").text
    okta.person = ada("it")
    go(second, okta)

    assert "yes: you may undo" not in first.get("/board/me").text


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


def test_groups_of_one_provider_mean_nothing_at_another(
    browsers: Browsers, corp: OpenIdProvider
) -> None:
    corp.person = Person("00u1", more={"realm_access": {"roles": ["rollcall-admins", "paris-it"]}})
    assert go(browsers.new(), corp, "corp-sso").status_code == 403


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
