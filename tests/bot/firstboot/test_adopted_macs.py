"""Macs that were in the repo before and are registered by `boot.sh adopt --register`."""

import plistlib
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from infrastructure.findings import Finding
from provisioning.diagnostics import examined
from provisioning.munki import MunkiRepo
from rollcall.application import Application
from tests.bot.commands.typed import registrations, typed
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.acting import adopt
from tests.support.fixtures.doors import DeliverAll, Script
from tests.support.installation import CHANNEL

pytestmark = pytest.mark.usefixtures("bot")

MAC = "C02XG0FDJGH5"
S, B = "included_manifests/sites", "included_manifests/builds"


@pytest.fixture(autouse=True)
def manifest(repo_folder: Path, database: Database, repo: MunkiRepo) -> Path:
    """The manifest of an adopted Mac, in a form that Rollcall would not write."""
    path = repo_folder / "manifests" / MAC
    keys = {
        "included_manifests": ["site_default", f"{S}/london", "extras", f"{B}/design"],
        "catalogs": ["production"],
        "notes": "by hand",
    }
    content = plistlib.dumps(keys, sort_keys=False)
    path.write_bytes(b"<!-- by hand -->\n" + content.replace(b"\t", b"    "))
    (repo_folder / "manifests" / "extras").write_bytes(plistlib.dumps({}))
    assert adopt(database, repo) == 1
    return path


def test_an_adopted_mac_is_found_and_shown_as_adopted(alice: Person) -> None:
    told = [typed(alice, f"find {MAC[:6]}"), typed(alice, f"show {MAC}"), typed(alice, "log")]

    for answer in told[:2]:
        assert f"`{MAC}` → *london* / *design*: confirmed; adopted <!date^" in answer
    assert "adopted: its manifest was there, *london* / *design* (boot.sh adopt)" in told[1]
    assert "an admin adopted 1 Mac (boot.sh adopt)" in told[2]
    assert "<@adopted>" not in "".join(told)


@pytest.mark.usefixtures("unhurried")
def test_the_first_boot_of_an_adopted_mac_leaves_its_manifest_and_is_told(
    manifest: Path, script: Script, slack: Workspace, deliver_all: DeliverAll
) -> None:
    before = manifest.read_bytes(), manifest.stat().st_ino

    assert script.manifest(serial=MAC).status_code == 200
    deliver_all()

    assert (manifest.read_bytes(), manifest.stat().st_ino) == before
    summary, confirmation = [message.text for message in slack.channels[CHANNEL].messages]
    assert "1 Mac of the Munki repo is registered now, as confirmed" in summary
    assert f"`{MAC}` is done: its manifest is written" in confirmation
    assert "It was adopted." in confirmation


def test_an_adopted_mac_is_moved_and_imaged_again_like_all_others(
    manifest: Path, alice: Person, database: Database, script: Script
) -> None:
    assert "waits for its first boot again" in typed(alice, f"reimage {MAC}")
    moved = typed(alice, f"move {MAC} paris kiosk")

    assert f"Moved `{MAC}` from *london* / *design* to *paris* / *kiosk*." in moved
    assert registrations(database) == [(MAC, "paris", "kiosk", "waiting")]
    assert script.manifest(serial=MAC).status_code == 200
    included = plistlib.loads(manifest.read_bytes())["included_manifests"]
    assert included == ["site_default", f"{S}/paris", "extras", f"{B}/kiosk"]
    assert "registered by an admin" in typed(alice, f"cancel {MAC}")


def test_naming_an_adopted_mac_says_that_it_is_already_confirmed(alice: Person) -> None:
    assert "It is already confirmed" in typed(alice, f"name {MAC} lab-09")


def test_a_preview_says_that_it_was_adopted(alice: Person) -> None:
    assert "It was adopted for london/design on " in typed(alice, f"preview {MAC}")


def test_the_doctor_has_nothing_against_it(application: Application) -> None:
    def about(finding: Finding) -> bool:
        return MAC in str(finding)

    assert not list(filter(about, examined(application.examination)))
