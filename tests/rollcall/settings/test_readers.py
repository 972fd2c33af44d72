"""Processes and their settings: a process has those that it reads, and the reference says so."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from rollcall.application import Application
from rollcall.parts import alerts, relays
from rollcall.settings import BotSettings, JobsSettings, RelaySettings, ServerSettings, Settings
from tests.support.installation import CHANNEL, PASSWORD, ROOT, SECRET_KEY, USERNAME

ENVIRONMENT = {
    "ROLLCALL_CHANNEL": CHANNEL,
    "BOOTSTRAP_URL": "http://127.0.0.1:5000",
    "BOOTSTRAP_USERNAME": USERNAME,
    "BOOTSTRAP_PASSWORD": PASSWORD,
    "ROLLCALL_SECRET_KEY": SECRET_KEY,
    "ROLLCALL_URL": "https://rollcall.example.com",
    "ROLLCALL_ALERT_URL": "https://alerts.example.com",
    "ROLLCALL_SMTP_URL": "smtp://mail.example.com",
    "ROLLCALL_MAIL_FROM": "rollcall@example.com",
    "ROLLCALL_ALERT_MAIL": "ops@example.com",
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "hush",
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "s" * 32,
    "MUNKI_REPO": "git+file:///nowhere",
}
# Not read by what a process is composed of: by these modules instead, or when they are validated.
READ_BY = {
    "rollcall/logging.py": {"log_level", "log_format"},
    "rollcall/cli/processes.py": {"address", "app_token", "board_url", "metrics_port", "workers"},
    "rollcall/settings/common.py": {"context"},
    # By the name of a provider.
    "rollcall/settings/servers.py": {"bind_passwords", "sign_in_ids", "sign_in_secrets"},
}
PLACE = re.compile(r"\b(?:settings|self)\.(\w+)")

Kind = TypeVar("Kind", bound=Settings)


def watched(kind: type[Kind], read: set[str], folder: Path) -> Kind:
    """Settings of a kind that add to `read` the names of those that are asked for."""
    fields = kind.model_fields.keys()

    class Watched(kind):  # type: ignore[misc,valid-type]
        def __getattribute__(self, name: str) -> object:
            if name in fields:
                read.add(name)
            return super().__getattribute__(name)

    place = {"ROLLCALL_DATABASE_URL": f"sqlite:///{folder}/never-opened.sqlite3"}
    made: Kind = Watched.model_validate({**ENVIRONMENT, **place})
    read.clear()  # what the validators asked for
    return made


def compose_server(settings: ServerSettings) -> Application:
    application = Application(settings, role="server")
    application.web_app()
    return application


def compose_bot(settings: BotSettings) -> Application:
    application = Application(settings, role="bot")
    _ = application.bolt_app
    server = ServerSettings.model_validate(ENVIRONMENT)  # over HTTP a server is the bot
    Application(server, settings, database=application.database).web_app()
    return application


def compose_relay(settings: RelaySettings) -> Application:
    application = Application(settings, role="relay")
    _ = application.slack_client
    for make in relays.of(application, settings)[1:]:  # Slack's asks the database
        make(lambda *_: None)
    return application


def compose_jobs(settings: JobsSettings) -> Application:
    application = Application(settings, role="jobs")
    _ = application.job_handlers, application.periodic_tasks
    return application


PROCESSES: tuple[tuple[type[Settings], Callable[..., Application]], ...] = (
    (ServerSettings, compose_server),
    (BotSettings, compose_bot),
    (RelaySettings, compose_relay),
    (JobsSettings, compose_jobs),
)


@pytest.mark.parametrize(("kind", "compose"), PROCESSES)
def test_a_process_has_the_settings_that_it_reads_and_no_others(
    kind: type[Settings], compose: Callable[[Settings], Application], tmp_path: Path
) -> None:
    read: set[str] = set()
    settings = watched(kind, read, tmp_path)
    with compose(settings) as application:
        list(alerts.watchers(application, settings, tmp_path, ()))

    assert kind.model_fields.keys() - read <= set().union(*READ_BY.values())


def test_what_is_read_elsewhere_is_read_there() -> None:
    for module, names in READ_BY.items():
        assert names <= set(PLACE.findall((ROOT / module).read_text())), module
