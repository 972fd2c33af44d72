"""A Mac whose serial is the name of a shared manifest never gets that as its own."""

import plistlib
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.munki.layout import Layout, PrefixForm
from provisioning.outbox.models import TROUBLE, Notification
from tests.server.machines.asked import LONDON_DESIGN, includes, owed, registered
from tests.support.fixtures.doors import Script
from tests.support.running import settings
from tests.support.running.doors import machines_door

SERIAL = "LAB-07"
LAYOUT = Layout(builds=PrefixForm("lab-"))


@pytest.fixture
def app(database: Database, repo_folder: Path, tmp_path: Path) -> Flask:
    """A door of a repo whose builds are the manifests that begin with lab-."""
    policy = tmp_path / "rollcall.toml"
    policy.write_text('[munki]\nbuilds = {prefix = "lab-"}\n')
    put(repo_folder, "lab-design")
    given = settings.server_settings(repo_folder, ROLLCALL_POLICY=str(policy))
    return machines_door(given, database)


def put(repo_folder: Path, name: str, **keys: Any) -> Path:
    path = repo_folder / "manifests" / name
    path.write_bytes(plistlib.dumps({"managed_installs": ["Figma"], **keys}))
    return path


@pytest.mark.parametrize(
    ("name", "others", "meaning"),
    [
        ("lab-07", {}, "the name of a build"),
        (SERIAL, {"apps": [SERIAL]}, "the name of a manifest that others include"),
        (SERIAL, {"apps": [SERIAL.lower()]}, "the name of a manifest that others include"),
    ],
)
def test_the_call_of_a_mac_whose_serial_has_a_meaning_is_refused(
    script: Script,
    database: Database,
    repo_folder: Path,
    name: str,
    others: dict[str, list[str]],
    meaning: str,
) -> None:
    shared = put(repo_folder, name)
    for other, included in others.items():
        put(repo_folder, other, included_manifests=included)
    before = shared.read_bytes()
    registered(database, SERIAL, layout=LAYOUT)

    answer = script.manifest(serial=SERIAL)

    said = (
        f"The serial LAB-07 is {meaning} in the Munki repo, so no Mac's own manifest can have it; "
        "nothing was written. Correct the serial; if the Mac really has it, rename what is there "
        "now."
    )
    assert (answer.status_code, answer.text.strip()) == (409, said)
    assert shared.read_bytes() == before
    assert (repo_folder / "manifests" / SERIAL).exists() is (name == SERIAL)
    [trouble] = owed(database, TROUBLE)
    assert trouble.facts["sentence"] == said


def test_nobody_is_asked_where_it_goes(
    script: Script, database: Database, repo_folder: Path
) -> None:
    put(repo_folder, "lab-07")

    assert script.manifest(serial=SERIAL).status_code == 409
    with database.reading() as session:
        kinds = set(session.scalars(select(Notification.kind)))
    assert kinds == {TROUBLE}


def test_a_manifest_that_nothing_includes_becomes_the_mac_s(
    script: Script, database: Database, repo_folder: Path
) -> None:
    put(repo_folder, SERIAL, included_manifests=["site_default"])
    put(repo_folder, "apps", included_manifests=["lab-design"])
    registered(database, SERIAL, layout=LAYOUT)

    assert script.manifest(serial=SERIAL).status_code == 200
    assert includes(repo_folder, SERIAL) == [*LONDON_DESIGN[:2], "lab-design"]


def test_a_preview_says_it(script: Script, app: Flask, repo_folder: Path) -> None:
    put(repo_folder, "lab-07")

    answer = app.test_client().get(
        "/preview",
        query_string={"serial": SERIAL, "site": "london", "build": "design"},
        headers=script.basic,
    )

    assert "The serial LAB-07 is the name of a build" in answer.text
