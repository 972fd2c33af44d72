"""What can be set, typed or asked for is documented."""

import re
from pathlib import Path

import pytest
import yaml
from click import Context
from flask import Flask

from bot.verbs import VERBS
from provisioning.database import Database
from rollcall.__main__ import rollcall
from rollcall.application import Application
from rollcall.commands import COMMANDS
from rollcall.settings import BotSettings, ServerSettings
from rollcall.slack_requests import PATH
from rollcall.webserver.limits import MOST_FILES, Limits, most_connections
from rollcall.wsgi import largest_body
from tests.support.installation import ROOT
from tests.support.settings import bot_settings, server_settings

README = (ROOT / "README.md").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
FIELDS = {
    field.alias: field
    for kind in (ServerSettings, BotSettings)
    for field in kind.model_fields.values()
    if field.alias
}


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_is_in_the_table_and_in_the_example(name: str) -> None:
    row = re.search(rf"^\| `{name}` \| (.*?) \|", README, re.MULTILINE)
    example = re.search(rf"^#?{name}=(.*)$", EXAMPLE, re.MULTILINE)
    default = FIELDS[name].get_default()

    assert row
    assert example
    if default is not None and not FIELDS[name].is_required():
        assert row[1].startswith(f"`{default}`")
        assert example[0] == f"#{name}={default}"


def test_nothing_is_documented_that_cannot_be_set() -> None:
    chapter = README.split("## Settings")[1].split("## Running it")[0]
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", chapter, re.MULTILINE))

    assert documented == set(FIELDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_the_table(name: str) -> None:
    command = rollcall.get_command(Context(rollcall), name)

    assert f"| `boot.sh {name}` |" in README
    assert command is not None
    assert command.help


@pytest.mark.parametrize("verb", sorted(filter(None, VERBS)))
def test_everything_that_can_be_typed_in_slack_is_in_the_table(verb: str) -> None:
    assert re.search(rf"^\| `/mac {verb}\b", README, re.MULTILINE)


def test_every_route_is_in_the_table(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/never.sqlite3")
    app = _app(database)
    chapter = README.split("## On the Mac")[1].split("\n\n")[1]

    for rule in app.url_map.iter_rules():
        assert re.search(rf"[A-Z] {re.escape(rule.rule)}`", chapter), rule.rule
    database.close()


def test_the_slack_app_asks_for_what_the_readme_says() -> None:
    app = yaml.safe_load((ROOT / "slack-app.yaml").read_text())

    assert len(app["oauth_config"]["scopes"]["bot"]) == 10
    assert "asks for ten scopes" in README
    assert app["features"]["slash_commands"][0]["command"] == FIELDS["SLACK_COMMAND"].default


def test_no_file_that_is_shipped_names_a_package_registry() -> None:
    lock = (ROOT / "Pipfile.lock").read_text()

    assert '"sources": []' in lock
    assert "[[source]]" not in (ROOT / "Pipfile").read_text()


def _app(database: Database) -> Flask:
    of_bot = bot_settings(ROOT, "http://127.0.0.1/", "xoxb-1", "secret")
    return Application(server_settings(ROOT), of_bot, database=database).web_app()


def test_the_limits_of_the_web_server_are_those_that_the_page_says() -> None:
    page, limits = (ROOT / "docs/proxies.md").read_text(), Limits()

    for seconds in (limits.idle, limits.body, limits.answer):
        assert f"| {seconds:g} seconds |" in page
    for size in {limits.head, *(largest_body(path) for path in ("/", "/report/x", PATH))}:
        assert (f"{size // 1024} KiB" if size < 1024**2 else f"{size // 1024**2} MiB") in page
    assert f"{largest_body('/api/manifests/x') // 1024**2} MiB for a manifest" in page
    assert f"{most_connections(MOST_FILES):,}" in page
