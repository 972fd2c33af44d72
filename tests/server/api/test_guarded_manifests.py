"""Guards of the manifests API: an edit of an old copy does not undo a registration."""

import plistlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from infrastructure.database.engine import Database
from provisioning.diagnostics import copies, doctor
from provisioning.diagnostics.doctor import Examination
from provisioning.munki import Destination, MunkiRepo
from provisioning.outbox.models import TROUBLE
from tests.fakes.munki.manifestutil import CurlError, ManifestUtil
from tests.server.api.conftest import ManifestApi
from tests.server.machines.asked import owed, registered
from tests.support import acting
from tests.support.fixtures.doors import Script

MAC = "C02XG0FDJGH5"
PARIS = Destination("paris", "kiosk")
SITE, BUILD = "included_manifests/sites/rome", "included_manifests/builds/studio"
NEW: dict[str, Any] = {"catalogs": ["production"], "included_manifests": []}


def moved(database: Database) -> None:
    """Alice sends our Mac to paris/kiosk."""
    acting.move_now(database, MAC, PARIS)


@pytest.fixture
def old_copy(database: Database, script: Script, api: ManifestApi) -> bytes:
    """The manifest of our Mac before Alice moved it to paris/kiosk, where it booted since."""
    registered(database, MAC)
    script.manifest(serial=MAC)
    content = api.get(f"manifests/{MAC}").content
    moved(database)
    script.manifest(serial=MAC)
    return content


def test_an_old_copy_does_not_undo_a_move(
    api: ManifestApi, old_copy: bytes, repo_folder: Path
) -> None:
    path = repo_folder / "manifests" / MAC
    before = path.read_bytes()

    answer = api.put(f"manifests/{MAC}", old_copy)

    assert answer.status_code == 409
    assert f"{MAC} was moved to paris/kiosk by U0ALICE on 20" in answer.text
    assert "Fetch it again" in answer.text
    assert "If-Match" in answer.text
    assert f"type in Slack: /mac move {MAC} SITE BUILD" in answer.text
    assert path.read_bytes() == before


def test_an_old_copy_does_not_undo_a_move_where_a_key_stands_there_twice(
    api: ManifestApi, old_copy: bytes, repo_folder: Path
) -> None:
    path = repo_folder / "manifests" / MAC
    twice = b"<dict><key>notes</key><string>a</string><key>notes</key><string>b</string>"
    path.write_bytes(before := path.read_bytes().replace(b"<dict>", twice, 1))

    assert api.put(f"manifests/{MAC}", old_copy).status_code == 409
    assert path.read_bytes() == before


def test_who_sends_its_etag_does_it_all_the_same(api: ManifestApi, old_copy: bytes) -> None:
    for etag in (api.get(f"manifests/{MAC}").headers["ETag"], "*"):
        answer = api.put(f"manifests/{MAC}", old_copy, headers={"If-Match": etag})
        assert answer.status_code == 200
    assert api.get(f"manifests/{MAC}").content == old_copy


@pytest.mark.policy('[munki]\nmacs = "clients"\n')
class TestWhereMacsHaveAFolderOfTheirOwn:
    """A repo whose layout keeps the Macs' manifests in a folder."""

    def test_an_old_copy_does_not_undo_a_move_there(
        self, database: Database, script: Script, api: ManifestApi
    ) -> None:
        registered(database, MAC)
        script.manifest(serial=MAC)
        copy = api.get(f"manifests/clients/{MAC}").content
        moved(database)
        script.manifest(serial=MAC)

        answer = api.put(f"manifests/clients/{MAC}", copy)

        assert answer.status_code == 409
        assert f"{MAC} was moved to paris/kiosk by U0ALICE on 20" in answer.text
        assert f"type in Slack: /mac move {MAC} SITE BUILD" in answer.text
        assert api.put(f"manifests/{MAC}", copy).status_code == 201, "it is no Mac's own"


@pytest.mark.usefixtures("old_copy")
def test_manifestutil_edits_the_other_keys_of_a_mac_that_was_moved(util: ManifestUtil) -> None:
    util.add_catalog("testing", MAC)

    shown = util.show(MAC)
    assert shown["catalogs"] == ["testing", "production"]
    assert "included_manifests/sites/paris" in shown["included_manifests"]


def test_an_old_copy_through_manifestutil_is_refused(util: ManifestUtil, old_copy: bytes) -> None:
    with pytest.raises(CurlError, match="409"):
        util.put(MAC, plistlib.loads(old_copy))


def test_a_mac_that_was_never_moved_says_by_whom_it_was_registered(
    database: Database, script: Script, api: ManifestApi
) -> None:
    registered(database, MAC)
    script.manifest(serial=MAC)

    answer = api.put(f"manifests/{MAC}", plistlib.dumps(NEW))

    assert answer.status_code == 409
    assert f"{MAC} was registered for london/design by U0ALICE on" in answer.text


def test_a_manifest_that_leads_elsewhere_already_may_be_put(
    database: Database, script: Script, util: ManifestUtil
) -> None:
    registered(database, MAC)
    util.put(MAC, NEW)
    util.put(MAC, NEW | {"managed_installs": ["Figma"]})
    script.manifest(serial=MAC)
    moved(database)

    util.put(MAC, NEW)
    assert util.show(MAC) == NEW


@pytest.mark.parametrize(("name", "kind"), [(SITE, "site rome"), (BUILD, "build studio")])
def test_a_site_or_build_that_macs_wait_for_is_not_removed_without_a_word(
    database: Database, api: ManifestApi, repo_folder: Path, name: str, kind: str
) -> None:
    for each in (SITE, BUILD):
        (repo_folder / "manifests" / each).write_bytes(plistlib.dumps(NEW))
    for serial in ("C02AAA", "C02BBB"):
        registered(database, serial, "rome", "studio")

    answer = api.delete(f"manifests/{name}")

    assert answer.status_code == 409
    assert f"2 Macs wait for the {kind}: move them first" in answer.text
    assert not owed(database, TROUBLE)

    etag = api.get(f"manifests/{name}").headers["ETag"]
    assert api.delete(f"manifests/{name}", headers={"If-Match": etag}).status_code == 204
    [told] = owed(database, TROUBLE)
    assert f"olivia removed the {kind} from the Munki repo, and 2 Macs wait" in str(told.facts)


def test_what_nobody_waits_for_is_removed(
    database: Database, script: Script, util: ManifestUtil, repo_folder: Path
) -> None:
    (repo_folder / "manifests" / SITE).write_bytes(plistlib.dumps(NEW))
    registered(database, MAC)
    script.manifest(serial=MAC)

    for name in (SITE, MAC):
        util.delete(name)
        assert not (repo_folder / "manifests" / name).exists()
    assert not owed(database, TROUBLE)


@pytest.mark.parametrize("notes", ["", "one\ntwo " + "more " * 300])
def test_a_rename_that_is_refused_names_the_copy_and_the_references(
    util: ManifestUtil, api: ManifestApi, url: str, key: str, repo_folder: Path, notes: str
) -> None:
    api.put("manifests/groups/staff", plistlib.dumps({**NEW, "notes": notes}))
    for number in range(22):
        content = plistlib.dumps(NEW | {"included_manifests": ["groups/staff"]})
        (repo_folder / "manifests" / f"Mac{number:02}").write_bytes(content)

    with pytest.raises(CurlError, match="409"):
        util.rename("groups/staff", "groups/people")
    headers = {"Authorization": f"Bearer {key}"}
    answer = requests.delete(f"{url}/manifests/groups/staff", headers=headers, timeout=5)
    assert "its copy groups/people is there already" in answer.text

    answer = api.delete("manifests/groups/staff")
    assert "groups/staff is included by Mac" in answer.text
    assert answer.text.count("Mac") == 20
    assert "and more; take it out there first" in answer.text, "another person made the copy"


def test_the_copy_of_a_rename_is_named_to_who_made_it(api: ManifestApi) -> None:
    staff, people = "manifests/staff", "manifests/people"
    api.put(staff, plistlib.dumps(NEW))
    api.put("manifests/others", plistlib.dumps(NEW | {"notes": "another"}))
    api.put(f"manifests/{MAC}", plistlib.dumps(NEW | {"included_manifests": ["staff"]}))
    api.put(people, api.get(staff).content)

    answer = api.delete(staff)

    assert answer.status_code == 409
    assert f"staff is included by {MAC}; its copy people is there already" in answer.text


def test_the_doctor_lists_a_manifest_and_the_copy_that_a_rename_left(
    api: ManifestApi, database: Database, repo: MunkiRepo
) -> None:
    def findings() -> list[str]:
        now = datetime.now(UTC)
        return [str(each) for each in copies.left_over(database, repo.store, now)]

    staff, people = "manifests/staff", "manifests/people"
    including = plistlib.dumps(NEW | {"included_manifests": ["staff"]})
    api.put(staff, plistlib.dumps(NEW))
    api.put(f"manifests/{MAC}", including)
    assert findings() == []
    api.put(people, api.get(staff).content)

    [finding] = findings()
    assert finding.startswith(f"people is a copy of staff, which {MAC} include; nothing includes")
    assert finding in map(str, doctor.examined(Examination(repo, database)))

    api.put(f"manifests/{MAC}", including.replace(b"staff", b"people"))
    assert api.delete(staff).status_code == 204
    assert findings() == []


def test_new_manifests_that_say_nothing_yet_are_no_copies(
    api: ManifestApi, database: Database, repo: MunkiRepo
) -> None:
    for name in ("rome", "oslo"):
        api.put(f"manifests/{name}", plistlib.dumps({"catalogs": [], "notes": ""}))
    api.put(f"manifests/{MAC}", plistlib.dumps(NEW | {"included_manifests": ["rome"]}))

    assert not [*copies.left_over(database, repo.store, datetime.now(UTC))]
