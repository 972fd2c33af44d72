"""The form for signing in by LDAP, and what an attacker would try at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from rollcall.application import Application
from rollcall.settings import ServerSettings
from tests.fakes.ldap import slapd
from tests.fakes.ldap.slapd import BASE, PASSWORDS, READER, READER_PASSWORD, Slapd
from tests.server.board.conftest import ORIGIN, Browser, Browsers, read_people
from tests.support.running import settings

if not slapd.is_possible():
    pytest.skip("slapd or python-ldap is not installed", allow_module_level=True)


POLICY = """
admins = ["U0ADMIN"]
[sign_in.corp]
title = "The directory"
url = "{url}"
base = "{base}"
bind_as = "{reader}"
ca = "{ca}"
groups = {{admins = ["cn=it,{base}"]}}
[sites.paris.groups]
corp = ["cn=everyone,{base}"]
"""


@contextmanager
def board(folder: Path, database: Database, directory: Slapd) -> Iterator[Browsers]:
    """A board whose people sign in by the directory."""
    policy = folder / "rollcall.toml"
    policy.write_text(POLICY.format(url=directory.plain, base=BASE, reader=READER, ca=directory.ca))
    found = settings.server_settings(folder, ROLLCALL_URL=ORIGIN)
    passwords = {"ROLLCALL_SIGN_IN_NAME_BIND_PASSWORD": {"CORP": READER_PASSWORD}}
    known = ServerSettings.model_validate({**found.model_dump(by_alias=True), **passwords})
    application = Application(known.model_copy(update={"policy": policy}), database=database)
    read_people(database)
    yield Browsers(application.web_app(), database)


@pytest.fixture
def people(repo_folder: Path, database: Database, directory: Slapd) -> Iterator[Browsers]:
    """Browsers of people who sign in by the directory."""
    with board(repo_folder, database, directory) as browsers:
        yield browsers


def sign_in(browser: Browser, user: str, password: str, **headers: str) -> Any:
    """Send the form."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.post("/board/sign-in/corp", named, user=user, password=password)


def test_somebody_signs_in_with_the_rights_of_their_groups(people: Browsers) -> None:
    alice, bob = people.new(), people.new()
    assert "Sign in with The directory" in alice.get("/board/sign-in").text
    assert 'type="password"' in alice.get("/board/sign-in/corp").text

    with capture_logs() as log:
        assert sign_in(alice, "alice", PASSWORDS["alice"]).location == "/board"
        assert "None of your groups" in sign_in(bob, "bob", PASSWORDS["bob"]).text
    me = alice.get("/board/me").text
    assert "Alice &lt;b&gt;" in me
    assert "yes: you may undo" in me
    assert bob.cookie == ""
    for secret in (PASSWORDS["alice"], PASSWORDS["bob"], READER_PASSWORD):
        assert secret not in str(log)

    page = alice.post("/board/test-sign-in/corp", user="bob", password=PASSWORDS["bob"]).text
    assert "would not be let in" in page
    assert f"uid=bob,{BASE}" in page
    assert PASSWORDS["bob"] not in page
    assert alice.get("/board/sign-in/corp/callback?code=x&state=x").status_code in (403, 404)


def test_a_form_of_elsewhere_signs_nobody_in(people: Browsers) -> None:
    victim = people.new()
    for headers in ({"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "cross-site"}):
        assert sign_in(victim, "alice", PASSWORDS["alice"], **headers).status_code == 403
        assert victim.cookie == ""
    answer = people.of("U0ALICE").post("/board/test-sign-in/corp", user="alice", password="x")
    assert answer.status_code == 403  # no admin


def test_guesses_at_a_password_wait(people: Browsers) -> None:
    guesses = [f"{n}{'x' * 500}" for n in range(21)]  # too long for a question, and its process
    answers = [sign_in(people.new(), "alice", guess).status_code for guess in guesses]
    assert answers == [403] * 20 + [429]
    assert sign_in(people.new(), "alice", PASSWORDS["alice"]).status_code == 429
