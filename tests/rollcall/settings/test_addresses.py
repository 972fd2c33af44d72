"""Addresses: of the form that works, and with no login in them shown."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from structlog.testing import capture_logs

from provisioning.diagnostics import endpoints
from rollcall import logging
from rollcall.application import Application
from rollcall.settings import ServerSettings, Settings, UnusableSettings, read, without_login
from tests.rollcall.settings.variables import GOOD, Environment, complaint
from tests.support.tables import for_each

URL = "postgresql://u@host:5432/name?sslmode=require"
MAIL = {"ROLLCALL_MAIL_FROM": "r@example.com", "ROLLCALL_ALERT_MAIL": "a@example.com"}
SIGN_IN = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "hunter2"}


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


@for_each("name", ["x.sqlite3 ", "x\ty.sqlite3", "x.sqlite3\r"])
def test_a_database_with_a_strange_name_is_used_where_it_is_there(
    name: str, tmp_path: Path, environment: Environment
) -> None:
    url = f"sqlite:///{tmp_path}/{name}"
    environment({"ROLLCALL_DATABASE_URL": url})
    with pytest.raises(UnusableSettings, match=r"URL: it (has a line|begins or)"):
        read(Settings)
    (tmp_path / name).touch()

    assert read(Settings).database_url == url


@for_each(
    ("given", "said"),
    [
        ({"ROLLCALL_ALERT_URL": "hunter2"}, "ROLLCALL_ALERT_URL: it has to be http://"),
        ({"ROLLCALL_ALIVE_URL": "ftp://hunter2"}, "ROLLCALL_ALIVE_URL: it has to be http://"),
        ({"ROLLCALL_ALERT_URL": "http://[hunter2"}, "ROLLCALL_ALERT_URL: it has to be http://"),
        ({"ROLLCALL_SMTP_URL": "mail.hunter2", **MAIL}, "ROLLCALL_SMTP_URL: it has to be smtp://"),
        ({"ROLLCALL_SMTP_URL": "smtp://u:hunter2@x@mail", **MAIL}, "is written as %40 there"),
        ({"ROLLCALL_SMTP_URL": "smtp://u:2/hunter2@mail", **MAIL}, "/ as %2F"),
        ({"ROLLCALL_SMTP_URL": "smtp://u:2#hunter2@mail", **MAIL}, "# as %23"),
        ({"ROLLCALL_SMTP_URL": "smtp://hunter2"}, "are set together"),
        (MAIL, "are set together"),
        ({**MAIL, "ROLLCALL_MAIL_FROM": "nobody"}, "ROLLCALL_MAIL_FROM: it has to be an address"),
        ({**MAIL, "ROLLCALL_MAIL_FROM": "a@x.de,b@x.de"}, "it has to be one address"),
        ({**MAIL, "ROLLCALL_ALERT_MAIL": "a@x.de,,"}, "ROLLCALL_ALERT_MAIL: it has to be an addr"),
    ],
)
def test_wrong_targets_of_alerts_are_named_and_not_shown(
    environment: Environment, given: Mapping[str, str], said: str
) -> None:
    environment(given)

    refused = complaint(Settings)

    assert said in refused
    assert "hunter2" not in refused


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
def test_a_board_that_would_not_be_safe_is_refused(
    environment: Environment, given: Mapping[str, str], said: str
) -> None:
    environment({**GOOD, **given})

    refused = complaint(ServerSettings)

    assert said in refused
    assert "hunter2" not in refused


@for_each(
    ("url", "context"),
    [
        ("https://rollcall.lan:8443/", "PROD"),
        ("http://localhost:5000", "PROD"),
        ("http://127.0.0.1:5000", "PROD"),
        ("http://rollcall.lan", "DEV"),
    ],
)
def test_a_board_has_an_origin(url: str, context: str, environment: Environment) -> None:
    environment({**GOOD, **SIGN_IN, "ROLLCALL_URL": url, "CONTEXT": context})

    assert read(ServerSettings).board_origin == url.rstrip("/")


@for_each(
    ("name", "fix"),
    [("BOOTSTRAP_URL", "Take them out"), ("MUNKI_REPO_URL", "into MUNKI_REPO_AUTHORIZATION")],
)
def test_a_login_in_an_address_is_told_at_the_start_and_by_the_doctor_and_not_shown(
    name: str, fix: str, environment: Environment
) -> None:
    environment({**GOOD, name: "https://u:hunter2@x.lan/y"})
    settings = read(ServerSettings)
    with capture_logs() as lines:
        logging.tell_start("server", settings)
        with Application(settings) as application:
            examination = application.examination

    assert [(line["log_level"], line.get("setting")) for line in lines] == [
        ("info", None),
        ("warning", name),
    ]
    assert examination.logins == (name,)
    assert "https://x.lan/y" in (examination.url, examination.repo_url)
    finding = endpoints.exposed_login(name)
    assert name in finding.message
    assert fix in finding.fix
    assert "hunter2" not in f"{lines}{examination.url}{examination.repo_url}"


def test_an_address_without_a_login_is_told_as_it_is(environment: Environment) -> None:
    environment({**GOOD, "BOOTSTRAP_URL": "https://mac.lan:8443//a@b"})
    settings = read(ServerSettings)

    assert settings.exposed_logins == ()
    assert without_login(settings.url) == "https://mac.lan:8443//a@b"
    assert without_login(None) is None
