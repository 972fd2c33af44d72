"""Settings: read once, named where they are missing or unsafe, and never repeated aloud."""

import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy.engine import make_url

from provisioning.maintenance.retention.keeping import Keeping
from rollcall.settings import (
    WELL_KNOWN,
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
from tests.support.installation import PASSWORD, SECRET_KEY
from tests.support.tables import for_each

KINDS: list[type[Settings]] = [
    Settings,
    RepoSettings,
    ServerSettings,
    SlackSettings,
    BotSettings,
]
NAMES = {str(field.alias) for kind in KINDS for field in kind.model_fields.values()}

GOOD = {
    "BOOTSTRAP_URL": "http://mac.lan:5000",
    "BOOTSTRAP_USERNAME": "imaging",
    "BOOTSTRAP_PASSWORD": PASSWORD,
    "ROLLCALL_CHANNEL": "C024BE91L",
    "ROLLCALL_SECRET_KEY": SECRET_KEY,
    "SLACK_BOT_TOKEN": "xoxb-1-good",
    "SLACK_APP_TOKEN": "xapp-1-good",
    "SLACK_SIGNING_SECRET": "signing-secret",
}
URL = "postgresql://u@host:5432/name?sslmode=require"
UNSAFE = {"BOOTSTRAP_PASSWORD": "secret", "ROLLCALL_SECRET_KEY": "changeme"}

MAIL = {"ROLLCALL_MAIL_FROM": "r@example.com", "ROLLCALL_ALERT_MAIL": "a@example.com"}

Environment = Callable[[Mapping[str, str]], None]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Set the environment: of all that Rollcall reads, exactly these variables."""
    names = set(NAMES)

    def set_them(variables: Mapping[str, str]) -> None:
        for name in names:
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)
        names.update(variables)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_them


def complaint(kind: type[Settings]) -> str:
    with pytest.raises(UnusableSettings) as caught:
        read(kind)
    return str(caught.value)


@for_each("kind", KINDS)
def test_good_settings_are_read(kind: type[Settings], environment: Environment) -> None:
    environment(GOOD)
    assert read(kind)


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
        (Settings, "ROLLCALL_DATABASE_URL", "sqlite:///", "the path of a file"),
        (Settings, "ROLLCALL_DATABASE_URL", "sqlite:///:memory:", "the path of a file"),
        (RepoSettings, "ROLLCALL_CHANNEL", "#imaging", "pattern"),
        (RepoSettings, "ROLLCALL_CHANNEL", "U024BE91L", "pattern"),
        (RepoSettings, "SLACK_COMMAND", "mac", "pattern"),
        (RepoSettings, "SLACK_COMMAND", "/two words", "pattern"),
        (ServerSettings, "BOOTSTRAP_URL", "mac.lan:5000", "URL"),
        (ServerSettings, "BOOTSTRAP_URL", "ftp://mac.lan", "'http' or 'https'"),
        (ServerSettings, "BOOTSTRAP_URL", "https://mac.lan/?x", "it may have no ? and no #"),
        (ServerSettings, "MUNKI_REPO_URL", "https://munki.lan/#x", "it may have no ? and no #"),
        (Settings, "ROLLCALL_DATABASE_URL", "sqlite:///x?timeout=abc", "timeout has to be a num"),
        (ServerSettings, "BOOTSTRAP_USERNAME", "a:b", "cannot contain a colon"),
        (ServerSettings, "ROLLCALL_TOKEN_HOURS", "0", "greater than or equal to 1"),
        (ServerSettings, "ROLLCALL_TOKEN_HOURS", "three", "integer"),
        (ServerSettings, "PORT", "65536", "less than or equal to 65535"),
        (SlackSettings, "SLACK_BOT_TOKEN", "xoxp-1-a-persons", "xoxb-"),
        (SlackSettings, "SLACK_BOT_TOKEN", "xapp-1-the-apps", "xoxb-"),
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

    assert read(JobsSettings).keeping == Keeping()


def test_what_is_missing_and_what_is_wrong_are_named_together(environment: Environment) -> None:
    environment({"PORT": "none", "CONTEXT": "?"})

    said = complaint(ServerSettings)

    assert len(said.splitlines()) == 8
    assert all(name in said for name in ("PORT", "CONTEXT", "BOOTSTRAP_URL"))


@for_each("kind", KINDS)
def test_no_value_is_ever_repeated(kind: type[Settings], environment: Environment) -> None:
    environment(dict.fromkeys(NAMES, "hunter2 is:wrong"))

    with pytest.raises(UnusableSettings) as caught:
        read(kind)

    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


@for_each(
    "url",
    [
        "sqlite:///a@b/c@d.sqlite3",
        "sqlite:////tmp/x.db?timeout=20",
        "sqlite:////tmp/x.db?timeout=0.5&check_same_thread=false",
        "sqlite:///file:x.db?mode=rwc&uri=true",
        "sqlite:////tmp/x.db?",
        "postgresql://u:p%40ss@host:5432/name?options=-ca%3Db@c",
        "postgresql://u@[::1]:5432/name",
        "postgresql:///name?host=/run/postgresql",
        "postgres://u:p@host/name",
        "postgresql+psycopg://u:p/w@host/name",
    ],
)
def test_a_database_is_where_sqlalchemy_finds_it(url: str) -> None:
    assert Settings.model_validate({"ROLLCALL_DATABASE_URL": url}).database_url == url


@for_each("password", ["p@ss:/?#%40 w+d", "'\"$`\\{}", "geh\u00ebim\u2028", "a\tb\n"])
def test_a_password_beside_the_url_is_the_databases_whatever_characters_it_has(
    password: str,
) -> None:
    given = {"ROLLCALL_DATABASE_URL": URL, "ROLLCALL_DATABASE_PASSWORD": password}
    settings = Settings.model_validate(given)

    target = make_url(settings.connection_url)
    assert (target.username, target.password, target.host) == ("u", password, "host")
    assert target.query == {"sslmode": "require"}
    assert password not in repr(settings)


@for_each(
    "url",
    [
        "postgresql://u:p@host/name",
        "postgresql://u:@host/name",
        "postgresql://host/name",
        "postgresql:///name",
        "sqlite:///a@b.sqlite3",
    ],
)
def test_a_password_that_has_no_place_in_the_url_is_refused(
    url: str, environment: Environment
) -> None:
    given = {"ROLLCALL_DATABASE_URL": url, "ROLLCALL_DATABASE_PASSWORD": "hunter2"}
    environment(given)

    [line] = complaint(Settings).splitlines()[1:]

    assert "postgresql://USER@HOST/NAME" in line
    assert "hunter2" not in line


def test_secrets_that_are_good_are_not_shown_either(environment: Environment) -> None:
    environment(GOOD)
    shown = f"{read(ServerSettings)!r} {read(BotSettings)}"

    secrets = [name for name in GOOD if name.endswith(("PASSWORD", "KEY", "TOKEN", "SECRET"))]
    assert len(secrets) == 5
    assert not [name for name in secrets if GOOD[name] in shown]


def test_the_complaint_is_for_people_and_not_for_programmers(environment: Environment) -> None:
    environment({**GOOD, "BOOTSTRAP_USERNAME": "a:b", "SLACK_BOT_TOKEN": "xoxp-"})

    for kind in (ServerSettings, SlackSettings):
        assert "Value error" not in complaint(kind)


@for_each("password", [*sorted(WELL_KNOWN), "Secret", "PASSWORD", "imaging"])
def test_a_password_that_everybody_tries_first_is_refused(
    password: str, environment: Environment
) -> None:
    environment({**GOOD, "BOOTSTRAP_PASSWORD": password})
    assert "BOOTSTRAP_PASSWORD is one that everybody tries first" in complaint(ServerSettings)


@for_each("key", ["secret", "x" * 31, "x" * 64, "1234567" * 9, "ab" * 32])
def test_a_key_that_can_be_guessed_is_refused(key: str, environment: Environment) -> None:
    environment({**GOOD, "ROLLCALL_SECRET_KEY": key})
    assert "ROLLCALL_SECRET_KEY is not 32 random characters" in complaint(ServerSettings)


def test_everything_unsafe_is_named_at_once(environment: Environment) -> None:
    environment({**GOOD, **UNSAFE, "BOOTSTRAP_USERNAME": "admin"})

    said = complaint(ServerSettings)

    assert all(name in said for name in UNSAFE)
    assert "only CONTEXT=DEV allows that" in said


def test_a_developer_may_have_unsafe_secrets(environment: Environment) -> None:
    environment({**GOOD, **UNSAFE, "BOOTSTRAP_USERNAME": "admin", "CONTEXT": "DEV"})
    assert read(ServerSettings).password.get_secret_value() == "secret"


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


@for_each(
    ("given", "said"),
    [
        ({"ROLLCALL_ALERT_URL": "hunter2"}, "ROLLCALL_ALERT_URL: it has to be http://"),
        ({"ROLLCALL_ALIVE_URL": "ftp://hunter2"}, "ROLLCALL_ALIVE_URL: it has to be http://"),
        ({"ROLLCALL_ALERT_URL": "http://[hunter2"}, "ROLLCALL_ALERT_URL: it has to be http://"),
        ({"ROLLCALL_SMTP_URL": "mail.hunter2", **MAIL}, "ROLLCALL_SMTP_URL: it has to be smtp://"),
        ({"ROLLCALL_SMTP_URL": "smtp://u:hunter2@x@mail", **MAIL}, "is written as %40 there"),
        ({"ROLLCALL_SMTP_URL": "smtp://hunter2"}, "are set together"),
        (MAIL, "are set together"),
        ({**MAIL, "ROLLCALL_MAIL_FROM": "nobody"}, "ROLLCALL_MAIL_FROM: it has to be an address"),
        ({**MAIL, "ROLLCALL_ALERT_MAIL": "a@x.de,,"}, "ROLLCALL_ALERT_MAIL: it has to be an addr"),
    ],
)
def test_wrong_targets_of_alerts_are_named_and_not_shown(
    environment: Environment, given: Mapping[str, str], said: str
) -> None:
    environment(given)

    with pytest.raises(UnusableSettings) as caught:
        read(Settings)

    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


SIGN_IN = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "hunter2"}


@for_each(
    ("given", "said"),
    [
        ({"ROLLCALL_URL": "http://rollcall.lan"}, "ROLLCALL_URL has to be https://"),
        ({"ROLLCALL_URL": "https://rollcall.lan/board"}, "ROLLCALL_URL is a host alone"),
        ({"ROLLCALL_URL": "https://hunter2@rollcall.lan"}, "ROLLCALL_URL is a host alone"),
        ({"ROLLCALL_URL": "rollcall.lan"}, "ROLLCALL_URL: "),
        (SIGN_IN, "SLACK_CLIENT_ID is for the board: set ROLLCALL_URL too"),
        ({"SLACK_CLIENT_SECRET": "hunter2"}, "are set together"),
    ],
)
def test_a_board_that_would_not_be_safe_is_refused(given: Mapping[str, str], said: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**GOOD, **given}.items():
            patch.setenv(name, value)
        with pytest.raises(UnusableSettings) as caught:
            read(ServerSettings)

    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


@for_each(
    ("url", "context"),
    [
        ("https://rollcall.lan:8443/", "PROD"),
        ("http://localhost:5000", "PROD"),
        ("http://127.0.0.1:5000", "PROD"),
        ("http://rollcall.lan", "DEV"),
    ],
)
def test_a_board_has_an_origin(url: str, context: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**GOOD, **SIGN_IN, "ROLLCALL_URL": url, "CONTEXT": context}.items():
            patch.setenv(name, value)

        assert read(ServerSettings).board_origin == url.rstrip("/")


def test_the_port_for_metrics_is_another_one(environment: Environment) -> None:
    environment({**GOOD, "PORT": "5000", "ROLLCALL_METRICS_PORT": "5000"})

    with pytest.raises(UnusableSettings, match="ROLLCALL_METRICS_PORT has to be another port"):
        read(ServerSettings)


def test_a_password_may_begin_and_end_with_a_blank(environment: Environment) -> None:
    environment({**GOOD, "BOOTSTRAP_PASSWORD": f" {PASSWORD} "})

    assert read(ServerSettings).password.get_secret_value() == f" {PASSWORD} "


def test_what_providers_give_is_one_line_too(environment: Environment) -> None:
    environment({**GOOD, "ROLLCALL_SIGN_IN_OKTA_CLIENT_SECRET": "hunter2\nx"})

    [line] = complaint(ServerSettings).splitlines()[1:]

    assert line.startswith("  - ROLLCALL_SIGN_IN_NAME_CLIENT_SECRET: it has a line's end")
    assert "hunter2" not in line
