"""The doors opened in this process, on real databases, a real repo and a strict Slack."""

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from slack_sdk import WebClient
from werkzeug.test import TestResponse

from bot.delivery.relay import Relay
from infrastructure.database.engine import Database
from rollcall.application import Application
from rollcall.settings import BotSettings, ServerSettings
from tests.support import settings
from tests.support.installation import PASSWORD, USERNAME
from tests.support.serving import served
from tests.support.slack import Workspace
from tests.support.slack.person import Person

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        """Move on, by `timedelta`'s own words."""
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    """The couriers' clock."""
    return Clock()


@pytest.fixture
def unhurried(slack: Workspace) -> None:
    """A Slack that is as fast as our clock, which the tests move."""
    slack.pace.rate = None
    slack.tiers.per_minute.clear()


@pytest.fixture
def alice(slack: Workspace) -> Person:
    """A technician."""
    return slack.person("U0ALICE", name="alice")


@pytest.fixture
def bob(slack: Workspace) -> Person:
    """Another one."""
    return slack.person("U0BOB", name="bob")


@pytest.fixture
def server_settings(repo_folder: Path) -> ServerSettings:
    """A server's settings, as production would have them."""
    return settings.server_settings(repo_folder)


@pytest.fixture
def bot_settings(repo_folder: Path, slack: Workspace) -> BotSettings:
    """A bot's settings for the stand-in Slack."""
    return settings.bot_settings(
        repo_folder, slack.api_url, slack.app.bot_token, slack.app.signing_secret
    )


@pytest.fixture
def application(
    request: pytest.FixtureRequest, server_settings: ServerSettings, database: Database
) -> Application:
    """A server process; where the test has a bot, it is the bot too."""
    if "bot" not in request.fixturenames:
        return Application(server_settings, database=database)
    of_bot: BotSettings = request.getfixturevalue("bot_settings")
    # In one process both have one environment, and with it one policy.
    policy = {"policy": server_settings.policy or of_bot.policy}
    return Application(server_settings.model_copy(update=policy), of_bot, database=database)


@pytest.fixture
def app(application: Application) -> Flask:
    """The Macs' door."""
    return application.web_app()


class Script:
    """A caller of the Macs' door, with credentials unless told otherwise."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        pair = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
        self.basic = {"Authorization": f"Basic {pair}"}

    def fetch(self, **headers: str) -> TestResponse:
        """GET the script."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.get("/", headers={**self.basic, **named})

    def manifest(self, token: str | None = None, **fields: str) -> TestResponse:
        """POST for a manifest, by token where there is one."""
        headers = {"Authorization": f"Bearer {token}"} if token else self.basic
        return self._client.post("/gen_manifest", headers=headers, data=fields)


@pytest.fixture
def script(app: Flask) -> Script:
    """A script with the right credentials."""
    return Script(app.test_client())


@pytest.fixture
def bot(app: Flask, application: Application, slack: Workspace) -> Iterator[Flask]:
    """The people's door, over HTTP on a free port, connected to the stand-in Slack."""
    with served(app) as url:
        slack.connect_http(f"{url}/slack/events")
        yield app
    # Listeners go on after they have answered.
    application.bolt_app.listener_runner.listener_executor.shutdown()


@pytest.fixture
def slack_client(bot_settings: BotSettings) -> WebClient:
    """The client that couriers use."""
    return Application(bot_settings).slack_client


@pytest.fixture
def courier(database: Database, slack_client: WebClient, clock: Clock) -> Relay:
    """A courier whose clock the test moves."""
    return Relay(database, slack_client, clock=clock)


@pytest.fixture
def deliver_all(courier: Relay, clock: Clock) -> Callable[[], None]:
    """Deliver until nothing is due any more, a pace of the clock at a time."""

    def deliver() -> None:
        for _ in range(50):
            clock.advance(seconds=1.25)
            if not courier.deliver():
                return

    return deliver
