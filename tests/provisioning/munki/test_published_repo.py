"""Nothing is confirmed before Macs would get it: the repo is looked at through its own URL."""

import plistlib
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from infrastructure.database.engine import Database
from infrastructure.execution.deadlines import deadline
from provisioning.munki.models import Revision
from provisioning.munki.published import PublishedRepo
from provisioning.outbox.models import CONFIRMATION, Notification
from rollcall.settings import ServerSettings
from tests.fakes.munki.mirrors import Web, web
from tests.provisioning.munki.test_revisions import kept
from tests.support.fixtures.doors import Script
from tests.support.running import settings
from tests.support.running.doors import machines_door
from tests.support.running.dripping import LONG, dripping
from tests.support.running.settings import with_policy

MAC = "C02XG0FDJGH5"
HERE = {"serial": MAC, "site": "london", "build": "design"}


@pytest.fixture
def cdn(repo_folder: Path, tmp_path: Path) -> Iterator[Web]:
    """A CDN that shows the repo as it was at the beginning."""
    with web(tmp_path / "cdn") as shown:
        shown.catch_up_with(repo_folder)
        yield shown


@pytest.fixture
def server_settings(repo_folder: Path, cdn: Web) -> ServerSettings:
    """A server that knows where Macs get the repo."""
    return settings.server_settings(
        repo_folder, MUNKI_REPO_URL=cdn.url, MUNKI_REPO_AUTHORIZATION="Bearer cdn-key"
    )


def confirmations(database: Database) -> list[dict[str, Any]]:
    """The payloads of the pending notifications about confirmed Macs."""
    with database.reading() as session:
        rows = session.scalars(select(Notification).where(Notification.kind == CONFIRMATION))
        return [row.facts for row in rows]


def let_time_pass(database: Database, seconds: int) -> None:
    """Have everything that was written be so much older."""
    with database.begin() as session:
        for row in session.scalars(select(Revision)):
            at = row.at - timedelta(seconds=seconds)
            session.execute(update(Revision).where(Revision.id == row.id).values(at=at))


def test_a_mac_waits_until_it_would_get_its_manifest(
    script: Script, database: Database, repo_folder: Path, cdn: Web
) -> None:
    early = script.manifest(**HERE)
    assert early.status_code == 503
    assert early.headers["Retry-After"]
    assert "is written" in early.text
    assert "404" in early.text
    assert confirmations(database) == []

    cdn.catch_up_with(repo_folder)
    assert script.manifest(**HERE).status_code == 200

    [facts] = confirmations(database)
    assert "warning" not in facts


def test_a_manifest_in_the_folder_of_the_macs_is_asked_for_there(
    server_settings: ServerSettings, database: Database, repo_folder: Path, cdn: Web, tmp_path: Path
) -> None:
    given = with_policy(server_settings, tmp_path, '[munki]\nmacs = "clients"\n')
    script = Script(machines_door(given, database).test_client())

    assert f"clients/{MAC}" in script.manifest(**HERE).text
    cdn.catch_up_with(repo_folder)
    assert script.manifest(**HERE).status_code == 200


def test_a_shared_manifest_with_a_key_twice_holds_up_no_mac(
    script: Script, database: Database, repo_folder: Path, cdn: Web
) -> None:
    """Munki reads it, so a Mac does not wait for it to be mended."""
    shared = repo_folder / "manifests" / "site_default"
    twice = "<key>notes</key><string>{}</string>"
    shared.write_text(f"<plist><dict>{twice.format(1)}{twice.format(2)}</dict></plist>")
    script.manifest(**HERE)
    cdn.catch_up_with(repo_folder)

    assert script.manifest(**HERE).status_code == 200
    [facts] = confirmations(database)
    assert "warning" not in facts


def test_a_former_version_is_waited_for_too(
    script: Script, database: Database, repo_folder: Path, cdn: Web
) -> None:
    (repo_folder / "manifests" / MAC).write_bytes(plistlib.dumps({"catalogs": ["testing"]}))
    cdn.catch_up_with(repo_folder)

    assert "another version" in script.manifest(**HERE).text
    assert confirmations(database) == []


def test_what_it_was_before_is_kept_however_often_it_is_asked_for(
    script: Script, database: Database, repo_folder: Path, cdn: Web
) -> None:
    for _ in range(3):
        script.manifest(**HERE)
    cdn.catch_up_with(repo_folder)
    script.manifest(**HERE)

    assert len(kept(database)) == 1


@pytest.mark.postgresql(instead=True)
def test_a_cdn_that_never_comes_gets_a_deadline_and_then_a_warning(
    script: Script, database: Database
) -> None:
    script.manifest(**HERE)
    let_time_pass(database, 60)
    assert script.manifest(**HERE).status_code == 503
    let_time_pass(database, 61)
    assert script.manifest(**HERE).status_code == 200

    [facts] = confirmations(database)
    assert "404" in facts["warning"]


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("manifests/included_manifests/builds/design", "builds/design"),
        ("catalogs/production", "catalogs/production"),
        ("manifests/site_default", "site_default"),
    ],
)
def test_everything_that_a_manifest_names_has_to_be_there(
    script: Script, repo_folder: Path, cdn: Web, missing: str, said: str
) -> None:
    script.manifest(**HERE)
    cdn.catch_up_with(repo_folder)
    (cdn.root / missing).unlink()

    answer = script.manifest(**HERE)

    assert (answer.status_code, said in answer.text) == (503, True)


def test_a_condition_leads_somewhere_too(
    script: Script, database: Database, repo_folder: Path, cdn: Web
) -> None:
    """Of a manifest that is shared: each of its conditions holds for some Mac."""
    inner = {"condition": "TRUEPREDICATE", "included_manifests": ["", "gone"]}
    outer = {"condition": "TRUEPREDICATE", "conditional_items": [inner]}
    design = repo_folder / "manifests/included_manifests/builds/design"
    design.write_bytes(plistlib.dumps({"conditional_items": [outer]}))
    (repo_folder / "manifests/gone").write_bytes(plistlib.dumps({}))
    script.manifest(**HERE)
    cdn.catch_up_with(repo_folder)
    (cdn.root / "manifests/gone").unlink()

    assert "manifests/gone" in script.manifest(**HERE).text
    assert confirmations(database) == []

    cdn.catch_up_with(repo_folder)
    assert script.manifest(**HERE).status_code == 200


def test_manifests_that_include_each_other_are_told(
    script: Script, repo_folder: Path, cdn: Web
) -> None:
    script.manifest(**HERE)
    cdn.catch_up_with(repo_folder)
    loop = plistlib.dumps({"included_manifests": ["site_default"]})
    (cdn.root / "manifests" / "site_default").write_bytes(loop)

    assert "include each other" in script.manifest(**HERE).text


def test_a_redirect_is_a_fault_because_munki_refuses_it(script: Script, cdn: Web) -> None:
    cdn.redirecting = True
    assert "redirects" in script.manifest(**HERE).text


def test_the_key_of_the_cdn_is_sent_and_never_said(
    script: Script, repo_folder: Path, cdn: Web, capfd: pytest.CaptureFixture[str]
) -> None:
    script.manifest(**HERE)
    cdn.catch_up_with(repo_folder)
    cdn.authorization = "Bearer another"
    refused = script.manifest(**HERE)
    cdn.authorization = "Bearer cdn-key"

    assert script.manifest(**HERE).status_code == 200
    assert "401" in refused.text
    assert "cdn-key" not in refused.text + "".join(capfd.readouterr())


def test_what_all_macs_share_is_asked_for_once_a_minute(
    script: Script, repo_folder: Path, cdn: Web
) -> None:
    for serial in ("C02XG0FDJGH5", "C02YK1QWLVDN"):
        script.manifest(**HERE | {"serial": serial})
        cdn.catch_up_with(repo_folder)
        script.manifest(**HERE | {"serial": serial})

    assert cdn.asked.count("GET /manifests/site_default") == 1
    assert cdn.asked.count("HEAD /catalogs/production") == 1


def test_no_cdn_at_all_is_told_with_its_address(repo_folder: Path, database: Database) -> None:
    app: Flask = machines_door(
        settings.server_settings(repo_folder, MUNKI_REPO_URL="http://127.0.0.1:9/munki"), database
    )

    answer = Script(app.test_client()).manifest(**HERE)

    assert answer.status_code == 503
    assert "http://127.0.0.1:9/munki cannot be reached" in answer.text


def test_one_whose_answers_are_not_packed_as_they_say_is_told_so() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n"
    with dripping(head + b"abc") as there:
        fault = PublishedRepo(f"http://{there}").fault("C02AAA", "a digest")

    assert fault == f"http://{there} cannot be reached (its answer is not packed as it says)"


def test_one_that_drips_its_answers_holds_up_no_mac_for_ever() -> None:
    with dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n") as there, deadline(0.2):
        begun = time.monotonic()
        fault = PublishedRepo(f"http://{there}").fault("C02AAA", "a digest")
    assert time.monotonic() - begun < LONG
    assert fault is not None
    assert "cannot be reached (its answer broke off)" in fault
