"""Settings: read once, and named where they are missing or wrong."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from provisioning.maintenance.retention.periods import Retention
from rollcall.settings import (
    BotSettings,
    JobsSettings,
    RepoSettings,
    ServerSettings,
    Settings,
    SlackSettings,
    UnusableSettings,
    read,
    speaks_slack_over_http,
)
from tests.rollcall.settings.variables import GOOD, KINDS, Environment, complaint
from tests.support.installation import SECRET_KEY
from tests.support.tables import for_each

KEY, OTHER_KEY = "abcdefghijklmnopqrstuvwx", "zyxwvutsrqponmlkjihgfedc"
MAIL = {"ROLLCALL_SMTP_URL": "smtp://mail.lan", "ROLLCALL_MAIL_FROM": "r@example.com"}


@for_each("kind", KINDS)
def test_good_settings_are_read(kind: type[Settings], environment: Environment) -> None:
    environment(GOOD)
    assert read(kind)


def test_who_types_a_command_without_the_settings_of_the_file_beside_is_told_how(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not where they are in the environment already, as with `make run` itself."""
    monkeypatch.chdir(tmp_path)
    hint = "`make run ARGS=COMMAND` takes its settings"
    environment({name: value for name, value in GOOD.items() if name != "ROLLCALL_CHANNEL"})
    assert hint not in complaint(RepoSettings)
    (tmp_path / ".env").write_text("# ours\nROLLCALL_CHANNEL=C024BE91L\n")
    assert hint in complaint(RepoSettings)
    environment(GOOD | {"ROLLCALL_CHANNEL": "leeds"})
    assert hint not in complaint(RepoSettings)


def test_what_is_not_set_has_the_documented_default(environment: Environment) -> None:
    environment(GOOD)
    server, bot = read(ServerSettings), read(BotSettings)

    assert (server.context, server.log_level, server.log_format) == ("PROD", "INFO", "json")
    assert server.database_url == "sqlite:///rollcall.sqlite3"
    assert server.munki_repo == "/munki_repo"
    assert (server.port, server.templates, bot.command) == (5000, None, "/mac")
    assert server.token_lifetime == timedelta(hours=72)
    assert str(bot.api_url) == "https://slack.com/api/"


def test_a_variable_that_is_empty_is_not_set(environment: Environment) -> None:
    environment({**GOOD, "PORT": "", "BOOTSTRAP_PASSWORD": ""})

    said = complaint(ServerSettings)

    assert "BOOTSTRAP_PASSWORD is not set" in said
    assert "PORT" not in said


@for_each(
    ("kind", "missing"),
    [
        (Settings, set()),
        (RepoSettings, {"ROLLCALL_CHANNEL"}),
        (SlackSettings, {"SLACK_BOT_TOKEN"}),
        (BotSettings, {"ROLLCALL_CHANNEL", "SLACK_BOT_TOKEN"}),
        (
            ServerSettings,
            {"ROLLCALL_CHANNEL", "ROLLCALL_SECRET_KEY"}
            | {"BOOTSTRAP_URL", "BOOTSTRAP_USERNAME", "BOOTSTRAP_PASSWORD"},
        ),
    ],
)
def test_every_variable_that_is_missing_is_named_at_once_with_its_meaning(
    kind: type[Settings], missing: set[str], environment: Environment
) -> None:
    environment({})
    lines = complaint(kind).splitlines()[1:] if missing else []

    meanings = {field.alias: field.description for field in kind.model_fields.values()}
    assert sorted(lines) == sorted(f"  - {name} is not set: {meanings[name]}" for name in missing)


@for_each(
    ("kind", "name", "value", "why"),
    [
        (Settings, "CONTEXT", "STAGING", "'DEV' or 'PROD'"),
        (Settings, "ROLLCALL_LOG_LEVEL", "LOUD", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        (Settings, "ROLLCALL_LOG_FORMAT", "xml", "'json' or 'console'"),
        (Settings, "ROLLCALL_DATABASE_URL", "nonsense", "sqlite:///PATH or postgresql://"),
        (Settings, "ROLLCALL_DATABASE_URL", "mysql://u:p@host/name", "sqlite:///PATH"),
        (Settings, "ROLLCALL_DATABASE_URL", "postgresql://u:a@b@host/name", "written as %40"),
        (Settings, "ROLLCALL_DATABASE_URL", "postgresql://u:p@host:x/name", "has to be a number"),
        (Settings, "ROLLCALL_DATABASE_URL", "postgresql://u:a?b@host/name", "written as %3F"),
        (Settings, "ROLLCALL_DATABASE_URL", "postgresql://u:p@a:5432,b:5432/name", "host=FIRST"),
        (Settings, "ROLLCALL_DATABASE_URL", "sqlite:////x?nolock=1&uri=true", "of another name"),
        (Settings, "ROLLCALL_DATABASE_URL", "sqlite:///", "the path of a file"),
        (Settings, "ROLLCALL_DATABASE_URL", "sqlite:///:memory:", "the path of a file"),
        (RepoSettings, "ROLLCALL_CHANNEL", "#imaging", "it has to be the id of the Slack channel"),
        (RepoSettings, "ROLLCALL_CHANNEL", "U024BE91L", "such as `C024BE91L`"),
        (RepoSettings, "SLACK_COMMAND", "mac", "with its `/`"),
        (RepoSettings, "SLACK_COMMAND", "/two words", "it has to be the slash command"),
        (
            ServerSettings,
            "BOOTSTRAP_URL",
            "mac.lan:5000",
            "has to begin with http:// or https://: where",
        ),
        (ServerSettings, "BOOTSTRAP_URL", "mac.lan", "it is no whole address, such as https://"),
        (ServerSettings, "BOOTSTRAP_URL", "ftp://mac.lan", "such as `http://mac.lan:5000`"),
        (ServerSettings, "BOOTSTRAP_URL", "https://mac.lan/?x", "it may have no ? and no #"),
        (ServerSettings, "MUNKI_REPO_URL", "https://munki.lan/#x", "it may have no ? and no #"),
        (
            Settings,
            "ROLLCALL_DATABASE_URL",
            "postgresql://u:p%00w@db:5433/x",
            "it has to be sqlite:///PATH",
        ),
        (Settings, "ROLLCALL_DATABASE_URL", "sqlite:///x?timeout=abc", "timeout has to be a num"),
        (ServerSettings, "BOOTSTRAP_USERNAME", "a:b", "cannot contain a colon"),
        (ServerSettings, "ROLLCALL_TOKEN_HOURS", "0", "greater than or equal to 1"),
        (ServerSettings, "ROLLCALL_TOKEN_HOURS", "three", "integer"),
        (ServerSettings, "PORT", "65536", "less than or equal to 65535"),
        (SlackSettings, "SLACK_BOT_TOKEN", "xoxp-1-a-persons", "xoxb-"),
        (SlackSettings, "SLACK_BOT_TOKEN", "xapp-1-the-apps", "xoxb-"),
        (SlackSettings, "SLACK_BOT_TOKEN", "xoxe.xoxb-1-rotated", "the app has token rotation"),
        (SlackSettings, "SLACK_API_URL", "slack.com", "URL"),
        (BotSettings, "SLACK_APP_TOKEN", "xoxb-1-the-bots", "xapp-"),
        (BotSettings, "SLACK_APP_TOKEN", "xapp-1\u200b", "a character in it that no token has"),
        (SlackSettings, "SLACK_BOT_TOKEN", "xoxb-1\r", "the line ends of Windows"),
        (SlackSettings, "SLACK_BOT_TOKEN", "xoxb-1\nx", "a line's end, a tab or another control"),
        (SlackSettings, "SLACK_BOT_TOKEN", "xoxb-1 ", "begins or ends with a blank"),
        (Settings, "ROLLCALL_DATABASE_URL", "sqlite:///x.sqlite3 ", "ends with a blank"),
        (Settings, "ROLLCALL_DATABASE_URL", "sqlite:///x\r", "the line ends of Windows"),
        (RepoSettings, "MUNKI_REPO", " /munki_repo", "begins or ends with a blank"),
        (ServerSettings, "BOOTSTRAP_PASSWORD", "good-enough\r", "the line ends of Windows"),
        (ServerSettings, "BOOTSTRAP_PASSWORD", "Z\udcfcrich-1234", "no UTF-8"),  # in Latin-1
        (ServerSettings, "ROLLCALL_SECRET_KEY", "\udcff" * 40, "no UTF-8"),
        (ServerSettings, "BOOTSTRAP_PASSWORD", "   ", "nothing but blanks"),
        (ServerSettings, "MUNKI_REPO_AUTHORIZATION", "Basic eDp5\n", "a line's end"),
        (ServerSettings, "ROLLCALL_ADDRESS", "10.0.0.5", "'0.0.0.0', '::' or '127.0.0.1'"),
        (JobsSettings, "ROLLCALL_KEEP_EVENTS", "29", "days from 30 to 36500, or forever"),
        (JobsSettings, "ROLLCALL_KEEP_IMPORTS", "0", "days from 7 to 36500, or forever"),
        (JobsSettings, "ROLLCALL_KEEP_REVISIONS", "-1", "a number of days from 30"),
        (JobsSettings, "ROLLCALL_KEEP_CONFIRMATIONS", "1e3", "a number of days from 7"),
    ],
)
def test_a_value_that_is_wrong_is_named_with_what_it_should_be(
    kind: type[Settings], name: str, value: str, why: str, environment: Environment
) -> None:
    environment({**GOOD, name: value})

    [line] = complaint(kind).splitlines()[1:]

    assert line.startswith(f"  - {name}: ")
    assert why in line


def test_what_is_kept_is_kept_for_days_or_for_ever(environment: Environment) -> None:
    environment({**GOOD, "ROLLCALL_KEEP_EVENTS": " Forever ", "ROLLCALL_KEEP_IMPORTS": "7"})

    keeping = read(JobsSettings).keeping

    assert (keeping.events, keeping.imports) == (None, timedelta(days=7))
    assert (keeping.revisions, keeping.messages) == (timedelta(days=365), timedelta(days=90))


def test_without_settings_all_is_kept_as_long_as_the_documentation_says(
    environment: Environment,
) -> None:
    environment(GOOD)

    assert read(JobsSettings).keeping == Retention()


def test_what_is_missing_and_what_is_wrong_are_named_together(environment: Environment) -> None:
    environment({"PORT": "none", "CONTEXT": "?"})

    said = complaint(ServerSettings)

    assert len(said.splitlines()) == 8
    assert [name for name in ("PORT", "CONTEXT", "BOOTSTRAP_URL") if name not in said] == []


def test_the_complaint_is_for_people_and_not_for_programmers(environment: Environment) -> None:
    environment({**GOOD, "BOOTSTRAP_USERNAME": "a:b", "SLACK_BOT_TOKEN": "xoxp-"})

    for kind in (ServerSettings, SlackSettings):
        assert "Value error" not in complaint(kind)


def test_settings_cannot_be_changed(environment: Environment) -> None:
    environment(GOOD)
    settings = read(ServerSettings)
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 80  # type: ignore[misc]
    assert settings.port == 5000


def test_variables_of_other_programs_are_no_concern_of_ours(environment: Environment) -> None:
    environment({**GOOD, "ROLLCALL_UNHEARD_OF": "1", "HOME": "/"})
    assert read(ServerSettings)


@for_each(
    ("name", "value", "field", "found"),
    [
        ("BOOTSTRAP_PASSWORD", "good\tenough", "password", "good\tenough"),
        ("BOOTSTRAP_USERNAME", "ima\tging", "username", "ima\tging"),
        ("ROLLCALL_SECRET_KEY", f"{SECRET_KEY} ", "secret_key", f"{SECRET_KEY} "),
        ("ROLLCALL_SECRET_KEY", f"{SECRET_KEY}\r\n", "secret_key", f"{SECRET_KEY}\r\n"),
        ("ROLLCALL_REPORT_KEYS", f"{KEY},\r\n{OTHER_KEY}\n", "keys_for_reports", (KEY, OTHER_KEY)),
        ("ROLLCALL_REPORT_KEYS", f" {KEY}\t, {OTHER_KEY}", "keys_for_reports", (KEY, OTHER_KEY)),
        ("ROLLCALL_ALERT_MAIL", "a@x.de,\n b@x.de\n", "receivers", ("a@x.de", "b@x.de")),
        ("ROLLCALL_SMTP_URL", "smtp://mail.lan\n", "smtp_url", "smtp://mail.lan\n"),
        ("PORT", "5001\r", "port", 5001),
        ("ROLLCALL_URL", "https://board.lan\r", "board_origin", "https://board.lan"),
        ("BOOTSTRAP_URL", "https://mac.lan\n", "url", "https://mac.lan/"),
        ("BOOTSTRAP_URL", "https://mac.lan/?", "url", "https://mac.lan/"),
        ("BOOTSTRAP_URL", "https://mac.lan/x/?#", "url", "https://mac.lan/x/"),
        ("BOOTSTRAP_URL", "https://u:p@mac.lan", "url", "https://u:p@mac.lan/"),
        ("MUNKI_REPO_URL", "https://u:p@munki.lan/?", "repo_url", "https://u:p@munki.lan/"),
    ],
)
def test_a_value_that_looks_wrong_and_worked_works(
    name: str, value: str, field: str, found: object, environment: Environment
) -> None:
    environment({**GOOD, **MAIL, name: value})
    read_value = getattr(read(ServerSettings), field)

    if isinstance(read_value, SecretStr):
        read_value = read_value.get_secret_value()
    assert (read_value if isinstance(found, int | tuple) else str(read_value)) == found


@for_each(
    ("environment_of", "speaks"),
    [
        ({}, False),
        ({"SLACK_SIGNING_SECRET": "s"}, True),
        ({"SLACK_APP_TOKEN": "xapp-1"}, False),
        ({"SLACK_SIGNING_SECRET": "s", "SLACK_APP_TOKEN": "xapp-1"}, False),
        ({"SLACK_SIGNING_SECRET": "s", "SLACK_APP_TOKEN": ""}, True),
        ({"SLACK_SIGNING_SECRET": "", "SLACK_APP_TOKEN": ""}, False),
    ],
)
def test_slack_comes_over_http_where_there_is_a_signing_secret_and_no_socket(
    environment_of: dict[str, str], speaks: bool
) -> None:
    assert speaks_slack_over_http(environment_of) is speaks


def test_the_port_for_metrics_is_another_one(environment: Environment) -> None:
    environment({**GOOD, "PORT": "5000", "ROLLCALL_METRICS_PORT": "5000"})

    with pytest.raises(UnusableSettings, match="ROLLCALL_METRICS_PORT has to be another port"):
        read(ServerSettings)
