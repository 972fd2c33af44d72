"""Readiness of a server, found by trying its parts."""

import re
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select, update

from infrastructure.database.engine import Database
from infrastructure.heartbeats.models import Heartbeat
from infrastructure.heartbeats.process import Process
from provisioning.diagnostics import installation
from provisioning.diagnostics.endpoints import HEADER
from provisioning.munki import MunkiRepo
from provisioning.munki.storage import FolderStore
from provisioning.outbox.models import Notification
from rollcall import version
from rollcall.settings import ServerSettings
from server.health.readiness import Readiness
from tests.server.machines.asked import registered
from tests.support.fixtures.doors import Script
from tests.support.installation import SECRET_KEY
from tests.support.running import settings
from tests.support.running.doors import machines_door
from tests.support.waiting import eventually


def test_a_server_that_can_work_is_ready(app: Flask) -> None:
    answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.text) == (200, "database: ok\nrepo: ok\n")
    alive = app.test_client().get("/healthz")
    assert (alive.text, alive.headers[HEADER]) == ("ok\n", installation(SECRET_KEY))
    assert alive.headers["Rollcall-Version"] == version.current()


def test_a_changed_layout_is_named_and_keeps_the_server_ready(
    repo_folder: Path, tmp_path: Path, database: Database
) -> None:
    registered(database, "C02AAA")
    (repo_folder / "manifests" / "site_paris").touch()
    policy = tmp_path / "rollcall.toml"
    policy.write_text('[munki]\nsites = {prefix = "site_"}\n')
    given = settings.server_settings(repo_folder, ROLLCALL_POLICY=str(policy))

    answer = machines_door(given, database).test_client().get("/readyz")

    assert answer.status_code == 200
    assert answer.text == (
        "database: ok\nrepo: ok\nlayout: The site 'london' leads elsewhere by the present layout "
        "(boot.sh adopt --from-current)\n"
    )


def test_a_server_without_its_repo_is_alive_but_not_ready(app: Flask, repo_folder: Path) -> None:
    (repo_folder / "manifests").rename(repo_folder / "away")

    answer = app.test_client().get("/readyz", headers={"Accept": "application/json"})

    assert answer.status_code == 503
    assert "there is no folder" in answer.json["repo"]  # type: ignore[index]
    assert app.test_client().get("/healthz").status_code == 200


def test_a_repo_without_what_every_mac_includes_is_not_ready(app: Flask, repo_folder: Path) -> None:
    (repo_folder / "manifests" / "site_default").unlink()

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.text.endswith(
        "repo: The repo has no manifest site_default, which every Mac's is to include. "
        "Make one: manifestutil new-manifest site_default. Or change always in [munki].\n"
    )


def test_a_layout_that_fits_nothing_is_told_by_a_server_that_takes_the_first_site(
    app: Flask, repo_folder: Path
) -> None:
    """It stays in work, or nobody could make that site through its API."""
    (repo_folder / "manifests/included_manifests/sites").rename(repo_folder / "away")

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 200
    assert "repo: The repo has no site: nothing is there for sites = {folder = " in answer.text
    assert "boot.sh adopt proposes the [munki] table" in answer.text


@pytest.mark.postgresql(instead=True)
def test_what_slack_refused_for_good_is_shown_and_holds_up_no_mac(
    app: Flask, script: Script, database: Database
) -> None:
    registered(database, "C02AAA")
    with database.begin() as session:
        for row in session.scalars(select(Notification)):
            row.state, row.reason = "parked", "not_in_channel: invite the bot to the channel"

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 200
    assert "refused: messages for C0IMAGING: not_in_channel: invite the bot" in answer.text
    assert script.manifest(serial="C02AAA").status_code == 200


def test_who_looks_leaves_nothing_among_the_manifests_but_the_locks(
    app: Flask, repo_folder: Path
) -> None:
    before = {path.name for path in (repo_folder / "manifests").iterdir()}
    app.test_client().get("/readyz")

    after = {path.name for path in (repo_folder / "manifests").iterdir()}
    assert after - before == {".rollcall-locks"}


class Hanging(FolderStore):
    """A folder on a mount that hangs until it is let go."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.goes_on = Event()

    def check(self) -> None:
        """Hang."""
        self.goes_on.wait(60)


def test_a_repo_that_hangs_is_said_to_and_keeps_nobody(
    database: Database, repo_folder: Path
) -> None:
    store = Hanging(repo_folder)
    readiness = Readiness(database, MunkiRepo(store), Process("server", database), ())

    state = readiness.repo()

    assert not state.is_usable
    assert re.fullmatch(r"no answer for \d+ s", state.sentence)
    eventually(lambda: readiness.database().is_usable)
    store.goes_on.set()


@pytest.mark.postgresql(instead=True)
def test_the_servers_own_heartbeat_is_what_is_written(app: Flask, database: Database) -> None:
    app.test_client().get("/readyz")

    with database.reading() as session:
        [row] = session.scalars(select(Heartbeat))
    assert row.part == "server"


@pytest.mark.postgresql(instead=True)
def test_a_process_that_is_missing_is_shown_to_who_may_fetch_scripts(
    script: Script, database: Database, server_settings: ServerSettings
) -> None:
    Process("jobs", database).beat()
    with database.begin() as session:
        session.execute(update(Heartbeat).values(patience=-1))
    client = machines_door(server_settings, database, wanted=("relay",)).test_client()

    answer = client.get("/readyz?full", headers=script.basic)

    assert answer.status_code == 200, "Macs can come all the same"
    assert "missing: The job runner on " in answer.text
    assert "missing: No relay is running: Slack is told nothing." in answer.text
    assert "missing" not in client.get("/readyz").text
