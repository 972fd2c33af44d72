"""The scopes of the app that is installed in Slack, as the doctor and the Home tab see them."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import yaml
from slack_sdk import WebClient

from bot.diagnostics import scopes
from bot.diagnostics.scopes import SCOPES, InstalledApp
from infrastructure.database.engine import Database
from provisioning.diagnostics.doctor import Examination, inspected
from provisioning.munki import MunkiRepo
from tests.fakes.slack import Workspace
from tests.fakes.slack.apps.app import SCOPES as ALL
from tests.support.installation import ROOT, Installation
from tests.support.running.commandline import typed
from tests.support.tables import for_each

OLD = frozenset(ALL) - {"channels:read", "groups:read"}
LACKS = "The app that is installed in Slack lacks the scopes channels:read, groups:read."


@pytest.fixture
def before() -> Iterator[Workspace]:
    """A workspace with an app that was installed before Rollcall heard of invitations."""
    with Workspace(scopes=OLD, pace=None) as old:
        yield old


def client(slack: Workspace) -> WebClient:
    return WebClient(slack.app.bot_token, base_url=slack.api_url, retry_handlers=[])


def found(slack: Workspace) -> list[str]:
    return [str(finding) for finding in scopes.missing(client(slack))]


def test_the_scopes_are_those_of_the_manifest_and_so_are_the_events() -> None:
    manifest = yaml.safe_load((ROOT / "slack-app.yaml").read_text())

    assert list(SCOPES) == manifest["oauth_config"]["scopes"]["bot"]
    assert set(scopes.EVENTS) <= set(manifest["settings"]["event_subscriptions"]["bot_events"])


def test_an_app_that_has_them_all_is_no_finding(slack: Workspace) -> None:
    assert found(slack) == []


def test_an_app_of_before_is_told_with_what_it_lacks_and_how_to_add_it(before: Workspace) -> None:
    [said] = found(before)

    assert said.startswith(LACKS)
    assert "App Manifest" in said
    assert "Install App" in said
    assert said.endswith("member_joined_channel, channel_unarchive and group_unarchive.")


def test_one_scope_is_one() -> None:
    with Workspace(scopes=ALL - {"files:write"}) as narrow:
        assert "lacks the scope files:write." in found(narrow)[0]


@for_each("error", ["invalid_auth", "internal_error", "ratelimited"])
def test_a_slack_that_refuses_to_say_is_no_finding(before: Workspace, error: str) -> None:
    before.faults.fail(error)
    assert found(before) == []


def test_a_slack_that_is_down_is_no_finding(before: Workspace) -> None:
    before.faults.go_down()
    assert found(before) == []
    assert InstalledApp(client(before)).findings() == []


def test_the_doctor_looks_at_the_app_too(
    before: Workspace, database: Database, repo: MunkiRepo
) -> None:
    examination = Examination(repo, database, app=partial(scopes.missing, client(before)))

    assert LACKS in str(inspected(examination))


def test_the_command_line_says_it_where_it_has_the_token(
    before: Workspace, repo_folder: Path, database: Database, tmp_path: Path
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    there = Installation(tmp_path, repo_folder, before.api_url, database_url=url)

    assert f"- {LACKS}" in typed(there.environment, "doctor").stdout
    without = {**there.environment, "SLACK_BOT_TOKEN": ""}
    assert LACKS not in typed(without, "doctor").stdout
    without["SLACK_BOT_TOKEN_FILE"] = str(tmp_path / "of another container")
    assert typed(without, "doctor").stderr == ""


def test_whoever_looks_often_asks_slack_once(slack: Workspace) -> None:
    app = InstalledApp(client(slack), clock=lambda: 100.0)

    assert app.findings() == app.findings() == []
    assert [call.method for call in slack.calls] == ["auth.test"]


def test_one_that_was_installed_again_is_seen_soon(before: Workspace, slack: Workspace) -> None:
    """An admin waits for it."""
    moments: Iterator[float] = iter([100.0, 100.0, 105.0, 111.0, 111.0])
    clock: Callable[[], float] = lambda: next(moments)  # noqa: E731
    there = client(before)
    app = InstalledApp(there, clock)
    assert app.findings()
    there.base_url = slack.api_url

    assert app.findings(), "seconds ago"
    assert app.findings() == []
