"""Metrics at the Macs' door, for those with a key, and at a port of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import Client, TestResponse

from infrastructure.database.engine import Database
from provisioning.access import credentials, refusals
from provisioning.access.models import METRICS as OF_METRICS
from provisioning.access.models import SCRIPTS
from provisioning.access.refusals import FORGED, REASONS
from provisioning.registrations.models import Registration
from rollcall.application import Application
from rollcall.settings import ServerSettings
from server.app import METRICS
from server.health.metrics import PATH
from tests.server.machines.asked import registered
from tests.support.fixtures.doors import NOON, Script
from tests.support.tables import for_each

Scrape = Callable[[str], TestResponse]


@pytest.fixture
def application(server_settings: ServerSettings, database: Database) -> Application:
    """A server that counts what it does."""
    return Application(server_settings, role="server", database=database)


@pytest.fixture
def key(database: Database) -> str:
    """A key for metrics."""
    return made(database, OF_METRICS)


def made(database: Database, opens: str) -> str:
    with database.begin() as session:
        return credentials.make(session, None, opens, NOON)


@pytest.fixture
def scrape(app: Flask, application: Application) -> Scrape:
    """Ask for the metrics with a header, once what is counted was written."""

    def ask(header: str) -> TestResponse:
        application.tallies.write()
        return app.test_client().get(PATH, headers={"Authorization": header} if header else {})

    return ask


def test_without_any_key_for_it_there_is_no_such_page(
    scrape: Scrape, database: Database, app: Flask
) -> None:
    other = made(database, SCRIPTS)

    answers = [scrape(""), scrape(f"Bearer {other}"), app.test_client().get("/nowhere")]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.text for answer in answers}) == 1


def test_a_key_opens_it_in_either_form_and_others_do_not(
    scrape: Scrape, database: Database, key: str, script: Script
) -> None:
    other = made(database, SCRIPTS)

    assert scrape(f"Bearer {key}").status_code == 200
    for header in ("", f"Bearer {other}", "Bearer rollcall_0", script.basic["Authorization"]):
        refused = scrape(header)
        assert refused.status_code == 401
        assert "credentials make --metrics" in refused.text


def test_guesses_are_slowed_and_a_good_key_is_not(scrape: Scrape, key: str) -> None:
    statuses = [scrape(f"Bearer rollcall_{number:048x}").status_code for number in range(25)]

    assert statuses == [401] * 20 + [429] * 5
    assert scrape(f"Bearer {key}").status_code == 200


def test_metrics_tell_what_the_server_did(
    scrape: Scrape, key: str, script: Script, app: Flask, database: Database
) -> None:
    registered(database, "C02AAA")
    assert script.manifest(serial="C02AAA").status_code == 200
    assert app.test_client().get("/nowhere").status_code == 404
    scrape("")

    lines = scrape(f"Bearer {key}").text.splitlines()

    assert set(lines) > {
        'rollcall_requests_total{method="POST",route="/gen_manifest",status="200"} 1.0',
        'rollcall_requests_total{method="any",route="unmatched",status="404"} 1.0',
        'rollcall_requests_total{method="GET",route="/metrics",status="401"} 1.0',
        'rollcall_refusals_total{reason="no credentials"} 1.0',
        'rollcall_first_boots_total{site="london"} 1.0',
        "rollcall_confirmation_seconds_count 1.0",
        'rollcall_repo_seconds_count{backend="folder",call="write"} 1.0',
        'rollcall_macs{site="london",state="confirmed"} 1.0',
        'rollcall_usable{part="database"} 1.0',
        'rollcall_usable{part="repo"} 1.0',
    }


def test_a_first_burst_of_guesses_is_a_rise_from_nought(
    scrape: Scrape, key: str, script: Script
) -> None:
    quiet = scrape(f"Bearer {key}").text
    assert script.manifest("forged", serial="C02AAA").status_code == 401
    loud = scrape(f"Bearer {key}").text

    assert f'rollcall_refusals_total{{reason="{FORGED}"}} 0.0' in quiet
    assert f'rollcall_refusals_total{{reason="{FORGED}"}} 1.0' in loud


def test_each_reason_for_a_refusal_is_counted_from_nought() -> None:
    public = {text for name, text in vars(refusals).items() if name.isupper() and name[0] != "_"}
    named = {each for each in public if type(each) is str} - {refusals.OTHER_ADDRESSES}

    assert {*REASONS} == named
    assert len(REASONS) == len(named)


def test_a_second_first_boot_did_not_wait(
    scrape: Scrape, key: str, script: Script, database: Database
) -> None:
    registered(database, "C02AAA")
    for site in ("london", "paris"):  # which the script names, of a Mac that nobody registered
        assert script.manifest(serial="C02BBB", site=site, build="design").status_code == 200

    lines = scrape(f"Bearer {key}").text.splitlines()

    assert 'rollcall_first_boots_total{site="paris"} 1.0' in lines
    assert [line for line in lines if line.startswith("rollcall_confirmation_seconds_count")] == []


def test_a_mac_that_nobody_registered_did_not_wait(
    scrape: Scrape, key: str, script: Script, database: Database
) -> None:
    registered(database, "C02AAA")
    with database.begin() as session:
        session.execute(update(Registration).values(card_id=None))
    assert script.manifest(serial="C02AAA").status_code == 200

    lines = scrape(f"Bearer {key}").text.splitlines()

    assert 'rollcall_first_boots_total{site="london"} 1.0' in lines
    assert [line for line in lines if line.startswith("rollcall_confirmation_seconds_count")] == []


@for_each(
    ("method", "path", "status"),
    [
        *(("GET", PATH, 200), ("HEAD", PATH, 200), ("POST", PATH, 405)),
        *(("GET", "/", 404), ("GET", "/healthz", 404), ("BREW", "/x", 404)),
    ],
)
def test_a_port_of_its_own_needs_no_key_and_has_nothing_else(
    app: Flask, method: str, path: str, status: int
) -> None:
    client = Client(app.extensions[METRICS])

    assert client.open(path, method=method).status_code == status


@for_each(
    "accept",
    ["", "*/*", "application/openmetrics-text;version=x", "text/plain;version=;;", "\xff" * 9],
)
def test_whatever_is_accepted_is_answered(app: Flask, accept: str) -> None:
    answer = Client(app.extensions[METRICS]).get(PATH, headers={"Accept": accept})

    assert answer.status_code == 200
    assert "rollcall_usable" in answer.text


def test_a_repo_that_is_gone_is_told_and_counted(
    scrape: Scrape, key: str, repo_folder: Path, script: Script
) -> None:
    (repo_folder / "manifests").rename(repo_folder / "away")
    assert script.manifest(serial="C02BBB", site="london", build="design").status_code != 200
    scrape(f"Bearer {key}")

    lines = scrape(f"Bearer {key}").text.splitlines()

    assert 'rollcall_usable{part="repo"} 0.0' in lines
    assert any(line.startswith("rollcall_repo_errors_total{") for line in lines)
