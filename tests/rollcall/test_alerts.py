"""Alerts as processes compose them: who watches what, and a real one that is told."""

import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest
from flask import Flask, Response, request
from sqlalchemy import text

from infrastructure.database.engine import Database
from provisioning.monitoring.alerts.watcher import HOLD_TIME, AlertWatcher
from rollcall.application import Application
from rollcall.parts import alerts
from rollcall.settings import RelaySettings, Settings
from tests.support.running import settings
from tests.support.running.serving import served

TOLD: list[dict[str, str]] = []


@pytest.fixture
def webhook() -> Iterator[str]:
    """A chat of another make, which remembers what it is told."""
    app = Flask(__name__)
    TOLD.clear()

    @app.post("/")
    def take() -> Response:
        TOLD.append(dict(request.get_json()))
        return Response(status=204)

    with served(app) as url:
        yield url


def watchers(
    given: Settings,
    role: str,
    database: Database,
    folder: Path,
    timer: Callable[[], float] = time.monotonic,
) -> list[AlertWatcher]:
    """The watchers of a process of an installation whose relay is to run."""
    application = Application(given, role=role, database=database)
    return list(alerts.watchers(application, given, folder, ("relay",), timer))


def test_each_process_watches_what_it_can_see(
    repo_folder: Path, webhook: str, database: Database, tmp_path: Path
) -> None:
    server = settings.server_settings(repo_folder, ROLLCALL_ALERT_URL=webhook)
    relay = RelaySettings.model_validate(
        {"SLACK_BOT_TOKEN": "xoxb-1", "ROLLCALL_ALERT_URL": webhook}
    )
    quiet = settings.server_settings(repo_folder)
    alive = settings.server_settings(repo_folder, ROLLCALL_ALIVE_URL=webhook)

    numbers = [
        len(watchers(given, role, database, tmp_path))
        for given, role in (
            (server, "server"),
            (relay, "relay"),
            (quiet, "server"),
            (alive, "server"),
        )
    ]

    assert numbers == [3, 2, 0, 1]
    assert [given.tells_alerts for given in (server, relay, quiet, alive)] == [
        True,
        True,
        False,
        True,
    ]


def test_a_server_tells_of_a_relay_that_is_missing_and_of_a_repo_that_is_gone(
    repo_folder: Path, webhook: str, database: Database, tmp_path: Path
) -> None:
    given = settings.server_settings(repo_folder, ROLLCALL_ALERT_URL=webhook)
    seconds = [0.0]
    watching = watchers(given, "server", database, tmp_path / "new", lambda: seconds[0])
    (repo_folder / "manifests").rename(repo_folder / "away")
    for watcher in watching:
        watcher.look()
    assert TOLD == []
    seconds[0] += HOLD_TIME
    for watcher in watching:
        watcher.look()

    assert [(notice["alert"], notice["state"]) for notice in TOLD] == [
        ("processes", "firing"),
        ("repo", "firing"),
    ]


def test_containers_that_share_a_folder_of_alerts_tell_each_once(
    repo_folder: Path, webhook: str, database: Database, tmp_path: Path
) -> None:
    shared = tmp_path / "alerts"
    given = settings.server_settings(
        repo_folder, ROLLCALL_ALERT_URL=webhook, ROLLCALL_ALERT_FOLDER=str(shared)
    )
    seconds = [0.0]
    containers = [
        watchers(given, "server", database, tmp_path / name, lambda: seconds[0]) for name in "ab"
    ]
    (repo_folder / "manifests").rename(repo_folder / "away")
    with database.begin() as session:
        session.execute(text("ALTER TABLE looks RENAME TO away"))
    for now in (0.0, HOLD_TIME):
        seconds[0] = now
        for watcher in chain(*containers):
            watcher.look()
    with database.begin() as session:
        session.execute(text("ALTER TABLE away RENAME TO looks"))

    assert sorted(notice["alert"] for notice in TOLD) == ["database", "processes", "repo"]
    assert [path.name for path in sorted(shared.glob("*.told"))] == [
        "alerts-of-repo.told",
        "alerts.told",
    ]
