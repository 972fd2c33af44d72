"""Credentials that InstallApplications shows to the other hosts of a JSON: an admin is told."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.access import credentials, exposures
from provisioning.access.exposures import ExposedCredential
from provisioning.access.models import INSTALLAPPLICATIONS, SCRIPTS, Exposure
from provisioning.clients.templates.models import PromisedScript
from provisioning.diagnostics import examined
from provisioning.diagnostics.doctor import Examination
from provisioning.munki import MunkiRepo
from rollcall.parts import jobs
from rollcall.settings import ServerSettings
from tests.support.fixtures.doors import Script
from tests.support.running.doors import machines_door

Said = Callable[[], list[str]]
JSON = "/installapplications/new%20york/design.json"


@pytest.fixture
def items(tmp_path: Path) -> Path:
    """An admin's own items, which come from two hosts, and from Rollcall's."""
    urls = ["https://munki.example.com/a", "http://cdn.example.com:8080/b", "http://127.0.0.1/c"]
    item = {"type": "rootscript", "hash": "0" * 64}
    named = [{"name": url, "file": f"/tmp/{url[-1]}", "url": url, **item} for url in urls]
    path = tmp_path / "templates" / "installapplications" / "base.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"setupassistant": named[:1], "userland": named}))
    return path


@pytest.fixture
def app(server_settings: ServerSettings, database: Database, items: Path) -> Flask:
    """The Macs' door, with those items."""
    folder = items.parent.parent
    return machines_door(server_settings.model_copy(update={"templates": folder}), database)


@pytest.fixture
def said(repo: MunkiRepo, database: Database) -> Said:
    """A function that returns the doctor's findings about exposed credentials."""

    def says() -> list[str]:
        found = examined(Examination(repo, database))
        return [str(finding) for finding in found if finding.kind == "exposed credentials"]

    return says


@pytest.fixture
def made(database: Database) -> Callable[..., dict[str, str]]:
    """Make a key; returns the header with it."""

    def make(site: str | None, opens: str, build: str | None = None) -> dict[str, str]:
        with database.begin() as session:
            key = credentials.make(session, site, opens, datetime.now(UTC), build=build)
        return {"Authorization": f"Bearer {key}"}

    return make


@pytest.mark.postgresql(instead=True)
def test_the_log_and_the_doctor_tell_once_that_the_password_goes_to_other_hosts(
    client: FlaskClient, script: Script, said: Said
) -> None:
    assert said() == []
    with capture_logs() as lines:
        for _ in range(3):
            assert client.get(JSON, headers=script.basic).status_code == 200

    [line] = [line for line in lines if line["event"] == "credential exposed"]
    assert "cdn.example.com, munki.example.com" in line["reason"]
    [finding] = said()
    assert finding.startswith(
        "InstallApplications fetches the JSON of new york/design with BOOTSTRAP_PASSWORD, and "
        "sends that to the other hosts in the JSON too: cdn.example.com, munki.example.com."
    )
    assert "`boot.sh credentials make 'new york' --installapplications design`" in finding
    assert finding.endswith("then change BOOTSTRAP_PASSWORD.")
    assert "127.0.0.1" not in finding


def test_a_json_with_a_new_script_that_shows_the_same_is_logged_no_second_time(
    client: FlaskClient, script: Script, database: Database
) -> None:
    with capture_logs() as lines:
        assert client.get(JSON, headers=script.basic).status_code == 200
        with database.begin() as session:
            session.execute(delete(PromisedScript))  # as where the next hour's script is a new one
        assert client.get(JSON, headers=script.basic).status_code == 200

    assert [line["event"] for line in lines].count("credential exposed") == 1


@pytest.mark.parametrize("site", ["new york", None])
def test_a_key_that_opens_more_is_told_until_it_is_revoked(
    client: FlaskClient,
    made: Callable[..., dict[str, str]],
    said: Said,
    database: Database,
    site: str | None,
) -> None:
    assert client.get(JSON, headers=made(site, SCRIPTS)).status_code == 200

    [finding] = said()
    with database.begin() as session:
        [row] = credentials.listed(session)
        credentials.revoke(session, row.id, datetime.now(UTC))

    assert f"with credential {row.id}, and sends that" in finding
    assert finding.endswith(f"then `boot.sh credentials revoke {row.id}`.")
    assert said() == []


def test_a_key_for_the_json_may_be_seen_there(
    client: FlaskClient, made: Callable[..., dict[str, str]], said: Said
) -> None:
    with capture_logs() as lines:
        headers = made("new york", INSTALLAPPLICATIONS, "design")
        assert client.get(JSON, headers=headers).status_code == 200

    assert said() == []
    assert "credential exposed" not in [line["event"] for line in lines]


def test_a_json_without_other_hosts_shows_nobody_anything(
    client: FlaskClient, script: Script, said: Said, items: Path
) -> None:
    items.write_text('{"setupassistant": [], "userland": []}')

    assert client.get(JSON, headers=script.basic).status_code == 200

    assert said() == []


def test_a_database_that_was_never_migrated_is_one_finding(tmp_path: Path, repo: MunkiRepo) -> None:
    bare = Database(f"sqlite:///{tmp_path}/bare.sqlite3")

    [finding] = examined(Examination(repo, bare))

    assert "is at nothing, needs" in str(finding)
    assert "`boot.sh migrate`" in str(finding)
    bare.close()


def test_what_one_credential_opens_is_told_together(database: Database, repo: MunkiRepo) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        for number, site in ((2, "london"), (1, "paris"), (1, "london")):
            opened = ExposedCredential(
                number, repo.now().destination(site, "design"), ("cdn.example.com",)
            )
            exposures.note(session, opened, now)
        told = [
            (exposed.credential_id, exposed.destination.site)
            for exposed, _ in exposures.recent(session, now)
        ]

    assert told == [(1, "london"), (1, "paris"), (2, "london")]


@pytest.mark.postgresql(soak=True)
def test_what_no_longer_happens_is_forgotten(database: Database, repo: MunkiRepo) -> None:
    now = datetime.now(UTC)
    to = repo.now().destination("london", "design")
    these = exposures.exposure_of(None, to, ("b.example.com", "a.example.com", "b.example.com"))
    assert these is not None
    with database.begin() as session:
        exposures.note(session, these, now)
        exposures.note(session, these, now + timedelta(days=1))  # Macs still do it

    def told(days: float) -> list[datetime]:
        with database.reading() as session:
            return [at for _, at in exposures.recent(session, now + timedelta(days=days))]

    assert told(7.9) == [now + timedelta(days=1)]
    assert told(8.1) == []
    for days, left in ((7.9, 2), (9.1, 0)):
        with database.begin() as session:
            jobs.prune_daily(session, now + timedelta(days=days))
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Exposure)) == left
