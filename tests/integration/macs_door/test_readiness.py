"""Whether a server can work."""

from pathlib import Path

from flask import Flask
from sqlalchemy import select

from provisioning import migrations
from provisioning.database import Database
from provisioning.models import Notification
from provisioning.settings import ServerSettings
from server.app import create_app
from tests.integration.conftest import Script
from tests.integration.macs_door.asked import registered


def test_a_server_that_can_work_is_ready(app: Flask) -> None:
    answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.text) == (200, "database: ok\nrepo: ok\n")
    assert app.test_client().get("/healthz").text == "ok\n"


def test_a_server_without_its_repo_is_alive_but_not_ready(app: Flask, repo_folder: Path) -> None:
    (repo_folder / "manifests").rename(repo_folder / "away")

    answer = app.test_client().get("/readyz", headers={"Accept": "application/json"})

    assert answer.status_code == 503
    assert "there is no folder" in answer.json["repo"]  # type: ignore[index]
    assert app.test_client().get("/healthz").status_code == 200


def test_a_server_whose_database_was_never_migrated_is_not_ready(
    server_settings: ServerSettings, tmp_path: Path
) -> None:
    empty = Database(f"sqlite:///{tmp_path}/empty.sqlite3")
    client = create_app(server_settings, empty).test_client()

    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "is at nothing, needs" in answer.text

    migrations.upgrade(empty)
    assert client.get("/readyz").status_code == 200
    empty.close()


def test_what_slack_refused_for_good_is_shown_and_holds_up_no_mac(
    app: Flask, script: Script, database: Database
) -> None:
    registered(database, "C02AAA")
    with database.begin() as session:
        for row in session.scalars(select(Notification)):
            row.state, row.reason = "parked", "not_in_channel: invite the bot to the channel"

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 200
    assert "parked: card for C0IMAGING: not_in_channel: invite the bot" in answer.text
    assert script.manifest(serial="C02AAA").status_code == 200
