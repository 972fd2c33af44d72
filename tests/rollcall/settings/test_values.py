"""Values of settings that look wrong and are not: an upgrade stops no server that ran with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from provisioning.diagnostics import endpoints
from rollcall import logging
from rollcall.application import Application
from rollcall.settings import ServerSettings, UnusableSettings, read, without_login
from tests.support.installation import PASSWORD, SECRET_KEY
from tests.support.tables import for_each

GOOD = {
    "BOOTSTRAP_URL": "http://mac.lan:5000",
    "BOOTSTRAP_USERNAME": "imaging",
    "BOOTSTRAP_PASSWORD": PASSWORD,
    "ROLLCALL_CHANNEL": "C024BE91L",
    "ROLLCALL_SECRET_KEY": SECRET_KEY,
    "ROLLCALL_SMTP_URL": "smtp://mail.lan",
    "ROLLCALL_MAIL_FROM": "r@example.com",
}
KEY, OTHER_KEY = "abcdefghijklmnopqrstuvwx", "zyxwvutsrqponmlkjihgfedc"


@contextmanager
def given(name: str, value: str) -> Iterator[ServerSettings]:
    """The settings of a server with one value."""
    with pytest.MonkeyPatch.context() as patch:
        for each, text in {**GOOD, name: value}.items():
            patch.setenv(each, text)
        yield read(ServerSettings)


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
def test_a_value_that_worked_works(name: str, value: str, field: str, found: object) -> None:
    with given(name, value) as settings:
        read_value = getattr(settings, field)

    if isinstance(read_value, SecretStr):
        read_value = read_value.get_secret_value()
    assert (read_value if isinstance(found, int | tuple) else str(read_value)) == found


@for_each("name", ["x.sqlite3 ", "x\ty.sqlite3", "x.sqlite3\r"])
def test_a_database_with_a_strange_name_is_used_where_it_is_there(
    name: str, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/{name}"
    refused = pytest.raises(UnusableSettings, match=r"URL: it (has a line|begins or)")
    with refused, given("ROLLCALL_DATABASE_URL", url):
        pass
    (tmp_path / name).touch()

    with given("ROLLCALL_DATABASE_URL", url) as settings:
        assert settings.database_url == url


@for_each(
    ("name", "fix"),
    [("BOOTSTRAP_URL", "Take them out"), ("MUNKI_REPO_URL", "into MUNKI_REPO_AUTHORIZATION")],
)
def test_a_login_in_an_address_is_told_at_the_start_and_by_the_doctor_and_not_shown(
    name: str, fix: str
) -> None:
    with given(name, "https://u:hunter2@x.lan/y"), capture_logs() as lines:
        settings = read(ServerSettings)
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


def test_an_address_without_a_login_is_told_as_it_is() -> None:
    with given("BOOTSTRAP_URL", "https://mac.lan:8443//a@b") as settings:
        assert settings.exposed_logins == ()
        assert without_login(settings.url) == "https://mac.lan:8443//a@b"
    assert without_login(None) is None
