"""Calls that write nothing, and say why."""

from pathlib import Path

import pytest
from flask import Flask

from infrastructure.database.engine import Database
from provisioning.outbox.models import CONFIRMATION, TROUBLE
from tests.server.machines.asked import owed
from tests.support.fixtures.doors import Script
from tests.support.tables import for_each


@for_each(
    "serial",
    [
        "../../x",
        "..",
        ".hidden",
        "a/b",
        "site_default",
        "Included_Manifests",
        "x\0y",
        "é" * 9,
        "A" * 65,
        "C02\nAAA",
        "a b c",
        "-rf",
    ],
)
def test_nothing_that_could_leave_the_folder_is_written(
    script: Script, repo_folder: Path, serial: str
) -> None:
    before = sorted(repo_folder.rglob("*"))

    answer = script.manifest(serial=serial, site="london", build="design")

    assert answer.status_code == 400
    assert sorted(repo_folder.rglob("*")) == before


@for_each(
    ("path", "sentence"),
    [
        (
            "/gen_manifest",
            "Send the form field serial. A form is application/x-www-form-urlencoded, in UTF-8.",
        ),
        ("/computer_name", "Send the field serial: which Mac is this?"),
        ("/workflow", "Send the field serial."),
        ("/preview", "Send the field serial, and site and build: both or neither."),
    ],
)
def test_a_call_without_a_serial_is_told_what_to_send(
    app: Flask, script: Script, path: str, sentence: str
) -> None:
    answer = app.test_client().get(path, headers=script.basic)

    assert answer.status_code in (400, 403)
    assert answer.text == f"{sentence}\n"


@pytest.mark.parametrize("serial", ["UNKNOWN", "none", "Default string", "000000000000"])
def test_what_macs_without_a_serial_say_is_refused_and_told_to_the_channel(
    script: Script, database: Database, repo_folder: Path, serial: str
) -> None:
    before = sorted(repo_folder.rglob("*"))

    for place in ({"site": "london", "build": "design"}, {}):
        answer = script.manifest(serial=serial, **place)
        assert answer.status_code == 403
        assert "it is what Macs without a serial number say" in answer.text

    assert sorted(repo_folder.rglob("*")) == before
    assert len(owed(database, TROUBLE)) == 1


def test_a_manifest_that_cannot_be_read_is_left_alone_and_told_to_the_channel(
    script: Script, database: Database, repo_folder: Path
) -> None:
    manifest = repo_folder / "manifests" / "C02AAA"
    manifest.write_bytes(b"<plist><dict><key>half")

    for _ in range(2):
        answer = script.manifest(serial="C02AAA", site="london", build="design")

    assert answer.status_code == 409
    assert manifest.read_bytes() == b"<plist><dict><key>half"
    assert len(owed(database, TROUBLE)) == 1
    assert owed(database, CONFIRMATION) == []


def test_an_include_that_is_missing_is_never_written_down(
    script: Script, repo_folder: Path
) -> None:
    (repo_folder / "manifests" / "site_default").unlink()

    answer = script.manifest(serial="C02AAA", site="london", build="design")

    assert answer.status_code == 409
    assert "site_default" in answer.text
    assert not (repo_folder / "manifests" / "C02AAA").exists()


def test_a_repo_that_is_gone_is_a_reason_to_try_again_later(
    script: Script, repo_folder: Path
) -> None:
    (repo_folder / "manifests").rename(repo_folder / "away")

    answer = script.manifest(serial="C02AAA", site="london", build="design")

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers


def test_a_body_that_is_far_too_large_is_refused(script: Script) -> None:
    assert script.manifest(serial="C02AAA", note="x" * 100_000).status_code == 413
