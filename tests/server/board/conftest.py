"""The board in this process: a server with its address, people as Slack has them, a provider."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from infrastructure.database.engine import Database
from infrastructure.text import Sentence
from provisioning.access.accounts import people, sessions
from provisioning.access.accounts.models import SLACK
from provisioning.access.accounts.people import Member, PeopleReading
from rollcall.application import Application
from rollcall.settings import ServerSettings
from tests.fakes.openid import CLIENT, OpenIdProvider, running
from tests.fakes.openid.provider import TEAM
from tests.support.running import settings

ORIGIN = "https://rollcall.example.com"
CALLBACK = f"{ORIGIN}/board/sign-in/slack/callback"
COOKIE = "__Host-rollcall"
POLICY = """
admins = ["U0ADMIN"]
[sites.paris]
title = "Paris"
group = "S0PARIS"
"""
GUEST = Sentence("you are a guest in this workspace; ask a full member to do it")
PEOPLE = (
    Member("U0ALICE", "Alice <b>", "en", None),
    Member("U0BOB", "Bob", "de", None),
    Member("U0ADMIN", "Ada", "en", None),
    Member("U0GUEST", "Gus", "en", GUEST),
)


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    """A provider of sign-in that knows our address."""
    with running(CALLBACK) as provider:
        yield provider


@pytest.fixture
def server_settings(request: pytest.FixtureRequest, repo_folder: Path) -> ServerSettings:
    """A server with a board; where a test has a provider, by that one people sign in."""
    policy = repo_folder / "rollcall.toml"
    policy.write_text(POLICY)
    found = settings.server_settings(
        repo_folder, ROLLCALL_URL=ORIGIN, SLACK_CLIENT_ID=CLIENT[0], SLACK_CLIENT_SECRET=CLIENT[1]
    )
    changed: dict[str, object] = {"policy": policy}
    if "provider" in request.fixturenames:
        provider: OpenIdProvider = request.getfixturevalue("provider")
        changed["api_url"] = f"{provider.url}/api/"
    return found.model_copy(update=changed)


def read_people(database: Database, *members: Member, at: datetime | None = None) -> None:
    """Have the job runner have read these people, just now."""
    at = at or datetime.now(UTC)
    groups = {"S0PARIS": frozenset({"U0BOB"})}
    with database.begin() as session:
        people.claim(session, at)
        reading = PeopleReading(TEAM, members or PEOPLE, groups)
        people.record(session, reading, people.compare(session, reading), at)


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser of one person, which sends what browsers send."""

    client: FlaskClient

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers=named, base_url=ORIGIN)

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
        """Send a form as our own pages do."""
        sent = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", **(headers or {})}
        token = {"form_token": self.token} if self.token else {}
        return self.client.post(path, headers=sent, data={**token, **fields}, base_url=ORIGIN)

    @property
    def cookie(self) -> str:
        """The id of the session."""
        cookie = self.client.get_cookie(COOKIE, domain=urlsplit(ORIGIN).netloc)
        return cookie.value if cookie else ""

    @property
    def token(self) -> str:
        """The token that the forms of this session carry."""
        return sessions.form_token(self.cookie) if self.cookie else ""

    def sign_in(self) -> TestResponse:
        """Go the whole way: to the provider, and back."""
        away = self.get("/board/sign-in/slack")
        back = urllib3.request("GET", away.location, redirect=False)
        return self.get(back.headers["Location"].removeprefix(ORIGIN))


class Browsers:
    """Browsers of people who are signed in already."""

    def __init__(self, app: Flask, database: Database) -> None:
        self._app, self._database = app, database

    def of(self, user: str) -> Browser:
        """A browser in which this person is signed in."""
        browser = self.new()
        with self._database.begin() as session:
            token = sessions.begin(session, user, SLACK, "Test browser", datetime.now(UTC))
        browser.client.set_cookie(
            COOKIE, token, domain=urlsplit(ORIGIN).netloc, secure=True, path="/"
        )
        return browser

    def new(self) -> Browser:
        """A browser in which nobody is."""
        return Browser(self._app.test_client())


@pytest.fixture
def browsers(application: Application, database: Database) -> Browsers:
    """Browsers, with people whom the job runner has just read."""
    read_people(database)
    return Browsers(application.web_app(), database)


@pytest.fixture
def alice(browsers: Browsers) -> Browser:
    """A technician's browser, who may not change the Macs of Paris."""
    return browsers.of("U0ALICE")


@pytest.fixture
def admin(browsers: Browsers) -> Browser:
    """The browser of an admin of the policy."""
    return browsers.of("U0ADMIN")
