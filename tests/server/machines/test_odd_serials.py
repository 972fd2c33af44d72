"""Macs whose serials are no names of Apple's: virtual ones, and those that have a twin."""

import plistlib
from pathlib import Path

import pytest
from flask import Flask

from infrastructure.database.engine import Database
from provisioning.munki.audit import look_through
from provisioning.munki.storage import FolderStore
from provisioning.outbox.models import CONFIRMATION, TROUBLE
from rollcall.application import Application
from rollcall.settings import ServerSettings
from tests.server.machines.asked import LONDON_DESIGN, includes, owed, registered
from tests.server.machines.test_client_scripts import token_in
from tests.support.fixtures.doors import Script
from tests.support.running.settings import with_policy

VMWARE = "VM5v/dACsc+k"
TWIN = "There is a manifest c02pq05yg8wx too, which differs from C02PQ05YG8WX only in case"


def test_a_mac_of_vmwares_gets_the_manifest_that_munki_asks_for(
    app: Flask, script: Script, database: Database, repo_folder: Path
) -> None:
    registered(database, VMWARE.lower())

    answer = script.manifest(serial=VMWARE, client_identifier="")

    assert (answer.status_code, answer.text.splitlines()[0]) == (200, "Manifest saved")
    assert includes(repo_folder, VMWARE) == LONDON_DESIGN
    [news] = owed(database, CONFIRMATION)
    assert news.facts["serial"] == VMWARE
    assert script.manifest(serial=VMWARE).status_code == 200
    client = app.test_client()
    fetched = client.get("/script", query_string={"serial": VMWARE}, headers=script.basic)
    assert fetched.status_code == 200
    token = token_in(fetched)
    assert script.manifest(token=token, serial=VMWARE).status_code == 200
    name = client.get("/computer_name", query_string={"serial": VMWARE}, headers=script.basic)
    assert name.status_code == 204
    shown = client.get("/preview", query_string={"serial": VMWARE}, headers=script.basic).text
    assert f"{VMWARE} would go to london/design" in shown


@pytest.mark.parametrize("serial", [VMWARE, "VM5vodACsck+", "VM+++ACscABC"])
def test_a_plus_of_vmwares_is_read_in_a_form_that_a_script_wrote_by_hand(
    app: Flask, script: Script, repo_folder: Path, serial: str
) -> None:
    form = f"serial={serial}&site=london&build=design"
    kind = "application/x-www-form-urlencoded"

    answer = app.test_client().post(
        "/gen_manifest", data=form, content_type=kind, headers=script.basic
    )

    assert answer.text == "Manifest saved"
    assert includes(repo_folder, serial) == LONDON_DESIGN


def test_the_doctor_looks_at_it_as_at_other_macs(repo_folder: Path) -> None:
    path = repo_folder / "manifests" / VMWARE
    path.parent.mkdir()
    path.write_bytes(plistlib.dumps({}))

    [finding] = look_through(FolderStore(repo_folder))

    assert finding.message == f"{VMWARE} has no catalogs; Munki skips the whole of it."


def test_a_placeholder_that_a_person_registered_is_served(
    script: Script, database: Database, repo_folder: Path
) -> None:
    registered(database, "UNKNOWN")

    assert script.manifest(serial="UNKNOWN").status_code == 200
    assert includes(repo_folder, "UNKNOWN") == LONDON_DESIGN


@pytest.mark.parametrize("name", ["c02pq05yg8wx", "C02pq05yg8wx", None])
def test_a_manifest_in_another_case_is_told_with_the_confirmation(
    app: Flask, script: Script, database: Database, repo_folder: Path, name: str | None
) -> None:
    registered(database, "C02PQ05YG8WX")
    is_there, told = name is not None, TWIN.replace("c02pq05yg8wx", str(name))
    if is_there:
        path = repo_folder / f"manifests/{name}"
        path.write_bytes(plistlib.dumps({"catalogs": ["production"], "managed_installs": ["A"]}))
    asked = {"query_string": {"serial": "C02PQ05YG8WX"}, "headers": script.basic}
    shown = app.test_client().get("/preview", **asked).text
    assert (told in shown) is is_there

    for _ in range(2):
        assert script.manifest(serial="C02PQ05YG8WX").status_code == 200

    [news] = owed(database, CONFIRMATION)
    cautions = news.facts.get("cautions", [])
    assert [told in caution for caution in cautions] == ([True] if is_there else [])


def test_a_manifest_in_another_case_is_told_where_macs_have_a_folder(
    server_settings: ServerSettings, database: Database, repo_folder: Path, tmp_path: Path
) -> None:
    given = with_policy(server_settings, tmp_path, '[munki]\nmacs = "clients"\n')
    client = Application(given, database=database).web_app().test_client()
    registered(database, "C02PQ05YG8WX")
    mixed = repo_folder / "manifests/clients/C02pq05yg8wx"
    mixed.parent.mkdir()
    mixed.write_bytes(plistlib.dumps({}))
    asked = {"query_string": {"serial": "C02PQ05YG8WX"}, "headers": Script(client).basic}

    assert f"There is a manifest clients/{mixed.name} too" in client.get("/preview", **asked).text
    assert Script(client).manifest(serial="C02PQ05YG8WX").status_code == 200
    [news] = owed(database, CONFIRMATION)
    assert f"There is a manifest clients/{mixed.name} too" in str(news.facts["cautions"])


@pytest.mark.parametrize(
    ("serial", "why"),
    [
        ("0", "a serial has 3 to 64 characters, this text has 1"),  # VirtualBox without a setting
        ("VMware-56 4d 9e 11", "only letters, digits and + = . _ - can be in one"),
    ],
)
def test_the_channel_hears_once_of_a_mac_whose_serial_can_name_no_manifest(
    app: Flask, script: Script, database: Database, serial: str, why: str
) -> None:
    asked = {"query_string": {"serial": serial}, "headers": script.basic}
    answers = [
        app.test_client().get("/script", **asked),
        script.manifest(serial=serial, site="london", build="design"),
        app.test_client().get("/computer_name", **asked),
        app.test_client().get("/workflow", **asked),
    ]

    assert {answer.status_code for answer in answers} == {400}
    [trouble] = owed(database, TROUBLE)
    begin = f"A Mac says that its serial is {serial!r}. That is not a serial number: {why}. Give"
    assert trouble.facts["sentence"].startswith(begin)
    assert {answer.text.strip() for answer in answers} == {trouble.facts["sentence"]}


def test_a_placeholder_with_a_blank_is_refused_as_one(script: Script, database: Database) -> None:
    answer = script.manifest(serial="Default string", site="london", build="design")

    assert answer.status_code == 403
    assert "it is what Macs without a serial number say" in answer.text
    assert len(owed(database, TROUBLE)) == 1


def test_a_strange_serial_is_told_to_nobody_where_who_sends_it_is_unknown(
    app: Flask, database: Database
) -> None:
    assert app.test_client().get("/script?serial=0").status_code == 401
    assert owed(database, TROUBLE) == []


def test_the_preview_of_a_placeholder_says_so(app: Flask, script: Script) -> None:
    asked = {"query_string": {"serial": "UNKNOWN"}, "headers": script.basic}

    shown = app.test_client().get("/preview", **asked).text

    assert "it is what Macs without a serial number say" in shown
