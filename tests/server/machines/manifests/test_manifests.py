"""The call that writes a manifest."""

import plistlib
import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from infrastructure.database.engine import Database
from provisioning.maintenance.layout_change.waiting import WaitingGroups
from provisioning.munki.layout import DEFAULT
from provisioning.outbox.models import CONFIRMATION
from provisioning.registrations import history
from provisioning.registrations.models import Event, Registration
from provisioning.values.serials import Serial
from tests.server.machines.asked import LONDON_DESIGN, includes, owed, registered
from tests.support.fixtures.doors import Script
from tests.support.running.doors import machines_door
from tests.support.running.settings import server_settings


def test_the_first_call_writes_the_manifest_and_owes_the_news(
    script: Script, database: Database, repo_folder: Path
) -> None:
    registered(database, "C02AAA")

    answer = script.manifest(serial="C02AAA", site="london", build="design")

    assert (answer.status_code, answer.text) == (200, "Manifest saved")
    assert includes(repo_folder, "C02AAA") == LONDON_DESIGN
    [news] = owed(database, CONFIRMATION)
    assert news.facts["registered_by"] == "U0ALICE"
    assert news.facts["overruled"] is None


@pytest.mark.policy(
    '[munki]\ncatalogs = ["pilot", "Production"]\n[builds.basic]\ncatalogs = ["testing"]\n'
)
def test_a_new_manifest_gets_the_catalogs_of_the_repos_table_unless_its_build_has_some(
    script: Script, repo_folder: Path
) -> None:
    """A manifest that has catalogs keeps them."""
    theirs = repo_folder / "manifests/C02CCC"
    theirs.write_bytes(plistlib.dumps({"catalogs": ["theirs"]}))

    serials = {"C02AAA": "design", "C02BBB": "basic", "C02CCC": "design"}
    for serial, build in serials.items():
        assert script.manifest(serial=serial, site="london", build=build).status_code == 200

    found = [plistlib.loads((repo_folder / f"manifests/{each}").read_bytes()) for each in serials]
    assert [manifest["catalogs"] for manifest in found] == [
        ["pilot", "Production"],
        ["testing"],
        ["theirs"],
    ]


def test_a_mac_whose_layout_the_database_lacks_is_told_and_nobody_else(
    script: Script, database: Database
) -> None:
    """A hand has written it; an error would be told to each Mac, and to whoever looks at it."""
    registered(database, "C02AAA")
    registered(database, "C02BBB")
    with database.begin() as session:
        lost = update(Registration).where(Registration.serial == "C02AAA")
        session.execute(lost.values(layout="x"))

    answers = [script.manifest(serial=serial) for serial in ("C02AAA", "C02BBB")]

    assert [answer.status_code for answer in answers] == [409, 200]
    assert "is not in the database any more" in answers[0].text
    with database.reading() as session:
        assert history.of_mac(session, Serial.parse("C02AAA")).mac.layout == "x"
        assert WaitingGroups.read(session, DEFAULT).groups == []


@pytest.mark.parametrize("path", ["/gen_manifest", "/gen_manifest/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_way_in_which_published_scripts_call_is_understood(
    app: Flask, script: Script, repo_folder: Path, path: str, method: str
) -> None:
    fields = {"serial": "abc123", "site": "london", "build": "design"}
    sent = {"query_string": fields} if method == "GET" else {"data": fields}

    answer = app.test_client().open(path, method=method, headers=script.basic, **sent)  # type: ignore[arg-type]

    assert (answer.status_code, answer.text) == (200, "Manifest saved")
    assert includes(repo_folder, "abc123") == LONDON_DESIGN


def test_the_old_apps_own_example_works_in_development(
    repo_folder: Path, database: Database
) -> None:
    weak = {"CONTEXT": "DEV", "BOOTSTRAP_USERNAME": "admin", "BOOTSTRAP_PASSWORD": "secret"}
    door = machines_door(server_settings(repo_folder, **weak), database)
    fields = {"serial": "abc123", "site": "london", "build": "design"}

    answer = door.test_client().post("/gen_manifest", data=fields, auth=("admin", "secret"))

    assert (answer.status_code, answer.text) == (200, "Manifest saved")
    assert includes(repo_folder, "abc123") == LONDON_DESIGN


def test_head_never_writes_a_manifest(app: Flask, script: Script, repo_folder: Path) -> None:
    fields = {"serial": "abc123", "site": "london", "build": "design"}

    answer = app.test_client().head("/gen_manifest", query_string=fields, headers=script.basic)

    assert answer.status_code == 405
    assert not (repo_folder / "manifests" / "abc123").exists()


def test_a_call_that_is_repeated_is_told_once(script: Script, database: Database) -> None:
    registered(database, "C02AAA")

    for _ in range(3):
        assert script.manifest(serial="C02AAA").status_code == 200

    assert len(owed(database, CONFIRMATION)) == 1
    with database.reading() as session:
        events = session.scalars(select(Event.what).order_by(Event.id)).all()
    assert events == ["registered", "confirmed"]


def test_sixteen_calls_at_once_leave_file_and_database_agreeing(
    app: Flask, database: Database, repo_folder: Path
) -> None:
    statuses: list[int] = []

    def mac(number: int) -> None:
        own = Script(app.test_client())
        for turn in range(6):
            site = ("london", "paris")[(number + turn) % 2]
            answer = own.manifest(serial=f"C02{turn % 3}", site=site, build="design")
            statuses.append(answer.status_code)

    threads = [threading.Thread(target=mac, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(statuses) == {200}
    with database.reading() as session:
        for mac_row in session.scalars(select(Registration)):
            site = includes(repo_folder, mac_row.serial)[1].rpartition("/")[2]
            assert site == mac_row.site
        events = session.scalars(select(Event).where(Event.what == "confirmed")).all()
    assert len(events) == len(owed(database, CONFIRMATION))


def test_a_serial_is_matched_in_any_case_and_the_file_is_named_as_the_mac_says(
    script: Script, database: Database, repo_folder: Path
) -> None:
    registered(database, "vmabcDEF12")

    script.manifest(serial="VMAbcdef12")

    assert (repo_folder / "manifests" / "VMAbcdef12").exists()
    with database.reading() as session:
        mac = session.scalars(select(Registration)).one()
    assert mac.serial == Serial.parse("vmabcdef12").key
    assert mac.name == "VMAbcdef12"
