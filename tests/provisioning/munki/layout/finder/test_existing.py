"""Existing Macs of a repo: those that lead to one place, and why others are left out."""

import plistlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from provisioning.munki import MunkiRepo
from provisioning.munki.layout import FolderForm, Layout, MatchForm, NamesForm
from provisioning.munki.layout.finder.existing import ExistingMacs, read_existing
from provisioning.munki.storage import FolderStore
from provisioning.policy import munki_table
from tests.support.inputs.layouts import LAYOUTS
from tests.support.inputs.repos import RepoCase
from tests.support.tables import for_each

ROLES = Layout(sites=None, builds=NamesForm((("lab", "lab"), ("old", "C02Z01SYNTH1"))))
Read = Callable[..., ExistingMacs]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a repo of manifests with these includes, which has a laboratory's build."""

    def made(layout: Layout, macs: Mapping[str, Sequence[str]]) -> ExistingMacs:
        for name, includes in {"site_default": [], "lab": [], "C02Z01SYNTH1": [], **macs}.items():
            path = tmp_path / "manifests" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(plistlib.dumps({"included_manifests": includes}))
        store = FolderStore(tmp_path)
        return read_existing(store, MunkiRepo(store, lambda: layout).now().places)

    return made


@for_each("case", LAYOUTS, ids=lambda case: case.name)
def test_the_macs_of_a_repo_are_found_where_they_go(case: RepoCase, tmp_path: Path) -> None:

    table, faults = munki_table.read(tomllib.loads(case.policy).get("munki", {}))
    assert not faults
    store = FolderStore(case.make(tmp_path / case.name) / case.root)
    found = read_existing(store, MunkiRepo(store, lambda: table.layout).now().places)

    goes = {mac.manifest.name: (mac.manifest.site, mac.manifest.build) for mac in found.macs}
    serials = {name for name in case.own() if case.mac == RepoCase.mac}
    assert goes == {name: place for name, place in case.own().items() if name in serials}
    assert [mac for mac in found.macs if not mac.stays] == []


def test_a_manifest_without_catalogs_is_one_that_a_first_boot_changes(read: Read) -> None:
    [mac] = read(ROLES, {"C02A01SYNTH1": ["site_default", "lab"]}).macs

    assert mac.manifest.stays
    assert not mac.stays


def test_a_serial_that_the_table_gives_a_meaning_is_no_mac(read: Read) -> None:
    found = read(ROLES, {})

    assert found.left_out["is the name of a build"] == ["C02Z01SYNTH1"]


def test_a_serial_of_vmwares_is_one_though_it_has_a_slash(read: Read) -> None:
    found = read(ROLES, {"VM5v/dACsc+k": ["site_default", "lab"]})

    assert [mac.serial.text for mac in found.macs] == ["VM5v/dACsc+k"]


def test_a_manifest_outside_of_the_folder_of_macs_is_left_out(read: Read) -> None:
    layout = Layout(macs="clients", sites=None, builds=ROLES.builds)
    found = read(layout, {"clients/C02A01SYNTH1": ["lab"], "C02A02SYNTH2": ["lab"]})

    assert [mac.manifest.name for mac in found.macs] == ["clients/C02A01SYNTH1"]
    assert found.macs[0].serial.text == "C02A01SYNTH1"
    reason = "is not named after a serial, or not where Macs' own manifests are"
    assert found.left_out == {reason: ["C02A02SYNTH2"]}


def test_what_munki_falls_back_to_is_no_mac_though_it_leads_to_a_place(read: Read) -> None:
    found = read(ROLES, {"site_default": ["lab"]})

    assert not found.macs
    assert found.left_out == {"is the name of a build": ["C02Z01SYNTH1"]}


def test_where_no_manifest_names_its_site_all_are_left_out(read: Read) -> None:
    layout = Layout(sites=MatchForm("*/"), builds=FolderForm("roles"), includes_site=False)
    found = read(layout, {"north/all": [], "roles/lab": [], "C02A01SYNTH1": ["roles/lab"]})

    assert not found.macs
    assert found.left_out["does not say its site"] == ["C02A01SYNTH1"]
