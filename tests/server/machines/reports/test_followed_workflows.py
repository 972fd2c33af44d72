"""A workflow from its first word to the first boot."""

import plistlib
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from infrastructure.database.engine import Database
from tests.fakes.imagr.reports import Reporter
from tests.server.machines.reports.heard import events, how, looks, stands
from tests.support.acting import register
from tests.support.fixtures.doors import Script
from tests.support.owed import troubles


def confirm(script: Script, serial: str = "C02AAA") -> None:
    assert script.manifest(serial=serial).status_code == 200


def test_a_workflow_is_one_event_and_its_last_words_are_seen(
    mac: Reporter, database: Database
) -> None:
    mac.begins()
    mac.says("in_progress", "Copying first boot script 3.0")
    mac.says("success", "Finished running Basic.")

    assert how(database) == ("imaging", "Finished running Basic.")
    assert stands(database).heard_at is not None
    assert events(database) == ["registered", "imaging"]


def test_a_workflow_that_failed_says_success_first_and_has_failed(
    mac: Reporter, database: Database
) -> None:
    mac.begins()
    mac.fails("Couldn't copy script 3.0")

    assert how(database) == ("failed", "Couldn't copy script 3.0")
    assert events(database) == ["registered", "imaging", "failed"]


def test_an_error_stays_final_where_the_success_arrives_after_it(
    mac: Reporter, database: Database
) -> None:
    mac.says("error", "Couldn't copy script 3.0")
    mac.says("success", "Finished running Basic.")

    assert how(database) == ("failed", "Couldn't copy script 3.0")


def test_a_mac_that_failed_is_imaged_again(mac: Reporter, database: Database) -> None:
    mac.fails()
    mac.begins()

    assert stands(database).state == "imaging"
    assert events(database) == ["registered", "imaging", "failed", "imaging"]


def test_the_first_boot_ends_all_of_it(mac: Reporter, database: Database, script: Script) -> None:
    mac.begins()
    confirm(script)

    assert how(database) == ("confirmed", None)


def test_a_confirmed_mac_that_begins_again_is_imaged_and_confirmed_again(
    mac: Reporter, database: Database, script: Script
) -> None:
    confirm(script)
    mac.begins()
    assert how(database) == ("imaging", "Preparing to run workflow Basic...")
    confirm(script)

    assert stands(database).state == "confirmed"
    assert events(database) == ["registered", "confirmed", "imaging", "confirmed"]


def test_a_mac_whose_script_runs_before_imaging_ends_stays_confirmed(
    mac: Reporter, database: Database, script: Script
) -> None:
    mac.begins()
    confirm(script)
    mac.says("in_progress", "Copying first boot script 3.0")
    mac.says("success", "Finished running Basic.")

    assert stands(database).state == "confirmed"


def test_a_mac_that_only_its_script_brought_in_is_followed_too(
    client: FlaskClient, database: Database, script: Script
) -> None:
    script.manifest(serial="C02AAA", site="london", build="design")
    Reporter(client, "C02AAA").begins()

    assert stands(database).state == "imaging"


def test_registering_a_mac_that_its_script_brought_in_forgets_what_it_said(
    client: FlaskClient, database: Database, script: Script
) -> None:
    script.manifest(serial="C02AAA", site="london", build="design")
    Reporter(client, "C02AAA").begins()
    register(database, "C02AAA")

    assert how(database) == ("waiting", None)
    assert stands(database).heard_at is None


@pytest.mark.parametrize("fault", ["unreadable", "no include", "no end of includes"])
def test_a_first_boot_that_is_refused_for_the_manifest_has_failed_once(
    mac: Reporter, database: Database, script: Script, repo_folder: Path, fault: str
) -> None:
    manifest = repo_folder / "manifests" / "C02AAA"
    build = repo_folder / "manifests/included_manifests/builds/design"
    content = build.read_bytes()
    if fault == "unreadable":
        manifest.write_text("no plist")
    elif fault == "no include":
        build.unlink()
    else:
        itself = {"included_manifests": ["included_manifests/builds/design"]}
        build.write_bytes(plistlib.dumps(itself))
    assert [script.manifest(serial="C02AAA").status_code for _ in range(3)] == [409] * 3
    state, step = how(database)
    owed = len(looks(database))
    build.write_bytes(content)
    manifest.unlink(missing_ok=True)
    confirm(script)

    assert state == "failed"
    assert step
    assert "manifest" in step
    assert owed == 2
    assert len(troubles(database)) == 1
    assert events(database) == ["registered", "failed", "confirmed"]
    assert how(database) == ("confirmed", None)
