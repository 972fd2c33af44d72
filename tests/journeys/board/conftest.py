"""Rollcall with a board, its Slack, a provider of sign-in, and browsers."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access.accounts.models import Account
from provisioning.munki import Destination
from tests.fakes.ldap import slapd
from tests.fakes.openid import CLIENT, OpenIdProvider, running
from tests.fakes.openid.provider import Person
from tests.fakes.slack import Workspace
from tests.support import acting
from tests.support.databases.postgres import free_port
from tests.support.inputs.samples import sample_repo
from tests.support.installation import CHANNEL, Install, Installation
from tests.support.running.front import front
from tests.support.running.page import PHONE
from tests.support.running.working import working
from tests.support.soaking import SOAK
from tests.support.waiting import eventually

EXPECTED = ("403", "/board/live")  # what a test has refused, and news: one test has `live` run
MAILED = "it@example.com"
POLICY = f"""
admins = ["U0ADMIN"]
email = ["{MAILED}"]
[sites.paris]
title = "Paris, 4th floor, behind the lifts, until the move"
group = "S0PARIS"
"""
OKTA = """
groups = {{okta = ["it"]}}
[sign_in.okta]
title = "Okta"
issuer = "{url}"
groups = {{admins = ["admins"]}}
"""
CORP = f"""
[sign_in.corp]
title = "Example Corp."
url = "{{url}}"
ca = "{{ca}}"
base = "{slapd.BASE}"
bind_as = "{slapd.READER}"
groups = {{{{readers = ["cn=it,{slapd.BASE}"]}}}}
"""
SECRETS = {
    "SLACK_CLIENT_ID": CLIENT[0],
    "SLACK_CLIENT_SECRET": CLIENT[1],
    "ROLLCALL_SIGN_IN_OKTA_CLIENT_ID": CLIENT[0],
    "ROLLCALL_SIGN_IN_OKTA_CLIENT_SECRET": CLIENT[1],
}


@dataclass
class House:
    """Rollcall at work: its board at `url`, its Slack, the provider, and its database."""

    url: str
    slack: Workspace
    provider: OpenIdProvider
    okta: OpenIdProvider
    database: Database
    windows: BrowserContext
    installation: Installation
    complaints: list[str] = field(default_factory=list)

    def register(self, *serials: str, site: str = "london", build: str = "design") -> None:
        """Have somebody register Macs in Slack."""
        acting.register(self.database, *serials, to=Destination(site, build))

    def open(self, path: str = "/board", size: Any = PHONE) -> Page:
        """A window in which no error may turn up in the browser's console."""
        page = self.windows.new_page()
        page.set_viewport_size(size)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.url + path)
        return page

    def sign_in(self, user: str, size: Any = PHONE) -> Page:
        """Sign in by the provider, from the page that says how."""
        self.windows.clear_cookies()
        self.provider.person = Person(user, self.slack.app.team_id)
        page = self.open(size=size)
        page.get_by_role("link", name="Sign in with Slack").click()
        return page

    def sign_in_at_okta(self, name: str, *groups: str, size: Any = PHONE) -> Page:
        """Sign in by the other provider."""
        self.windows.clear_cookies()
        self.okta.person = Person("00u1", name=name, more={"groups": list(groups)})
        page = self.open(size=size)
        page.get_by_role("link", name="Sign in with Okta").click()
        return page

    def _hear(self, message: Any) -> None:
        if message.type == "error" and not any(
            each in f"{message.text} {message.location}" for each in EXPECTED
        ):
            self.complaints.append(message.text)


@pytest.fixture(scope="package")
def at_work(
    install: Install, tmp_path_factory: pytest.TempPathFactory, windows: BrowserContext
) -> Iterator[House]:
    """The parts of Rollcall that the board needs."""
    folder = tmp_path_factory.mktemp("board")
    policy = folder / "rollcall.toml"
    policy.write_text(POLICY)
    with ExitStack() as stack:
        slack = stack.enter_context(Workspace(pace=None))
        _populate(slack)
        repo, settings = sample_repo(folder / "munki_repo"), {"ROLLCALL_POLICY": str(policy)}
        settings |= SECRETS | {"ROLLCALL_LIVE_PORT": str(news := free_port())}
        there = stack.enter_context(install(folder, repo, slack.api_url, settings=settings))
        url = there.environment["ROLLCALL_URL"] = stack.enter_context(front(there.port, news))
        callback = f"{url}/board/sign-in/slack/callback"
        provider = stack.enter_context(running(callback))
        okta = stack.enter_context(running(callback.replace("slack", "okta")))
        policy.write_text(POLICY + OKTA.format(url=okta.url))
        if SOAK and slapd.is_possible():  # a test of theirs alone
            (folder / "slapd").mkdir()
            directory = stack.enter_context(slapd.running(folder / "slapd"))
            there.environment["ROLLCALL_SIGN_IN_CORP_BIND_PASSWORD"] = slapd.READER_PASSWORD
            with policy.open("a") as file:
                file.write(CORP.format(url=directory.plain, ca=directory.ca))
        there.environment["SLACK_API_URL"] = f"{provider.url}/api/"
        stack.enter_context(working(there, "server"))
        there.environment["SLACK_API_URL"] = slack.api_url
        # Last: what asks Slack from now on reads the environment, which no longer changes.
        stack.enter_context(working(there, "jobs", "relay"))
        there.wait_until_ready()
        database = Database(there.environment["ROLLCALL_DATABASE_URL"])
        stack.enter_context(closing(database))
        house = House(url, slack, provider, okta, database, windows, there)
        eventually(lambda: _people(house))
        yield house


def _populate(slack: Workspace) -> None:
    slack.add_channel(CHANNEL, name="imaging")
    for user in ("U0ADMIN", "U0ALICE", "U0BOB"):
        slack.person(user, name=user[2:].lower(), real_name=user[2:].title())
    slack.person("U0GUEST", name="guest", real_name="Guest", guest="multi")
    slack.add_group("S0PARIS", handle="paris", members=["U0BOB"])


@pytest.fixture
def house(at_work: House) -> Iterator[House]:
    """The same, whose browser has nothing to complain of at the end."""
    at_work.complaints.clear()
    yield at_work
    complaints = list(at_work.complaints)
    for page in at_work.windows.pages:
        page.close()
    assert complaints == []


def _people(house: House) -> list[Account]:
    with house.database.reading() as session:
        return list(session.scalars(select(Account)))
