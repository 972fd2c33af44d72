"""Macs' own manifests by other names than serials, and those that several Macs may ask for."""

from infrastructure.findings import Finding
from provisioning.munki.layout.finder.report import AdoptionReport
from provisioning.munki.layout.finder.shape import shape_of
from provisioning.munki.manifests.documents import Manifest

ASKED = "Do several Macs ask for one of these ("
MACS = {
    "ElCapitan-Laptop": ["required", "optional"],
    "ElCapitan-Desktop": ["required", "optional"],
    "Yosemite-Desktop": ["core", "apps"],
    "Yosemite-Laptop": ["core", "apps"],
}


def manifests_of(macs: dict[str, list[str]]) -> dict[str, Manifest]:
    """These Macs' own manifests, and those that they include."""
    shared: dict[str, Manifest] = {path: {} for each in macs.values() for path in each}
    own = {
        name: {"catalogs": ["production"], "included_manifests": each}
        for name, each in macs.items()
    }
    return {**shared, **own}


def test_it_is_asked_too_where_two_lists_tell_where_macs_without_serials_go() -> None:
    manifests = manifests_of(MACS)

    text = "\n".join(AdoptionReport.proposing(shape_of(list(manifests), manifests)).as_text())

    assert "sites = {names = [" in text
    assert ASKED in text
    assert f"builds = {{names = {sorted(MACS)}}}".replace("'", '"') in text


def test_the_other_table_has_the_catalogs_of_these_kinds_too() -> None:
    manifests = manifests_of(MACS)
    for name in MACS:
        manifests[name]["catalogs"] = ["qa"]

    text = "\n".join(AdoptionReport.proposing(shape_of(list(manifests), manifests)).as_text())

    assert text.count('catalogs = ["qa"]') == 2


def test_a_manifest_that_cannot_be_read_is_none_of_the_kinds_that_are_proposed() -> None:
    manifests = manifests_of(MACS)
    broken = [Finding("unreadable manifests", "It cannot be read.", "Restore it.")]

    shape = shape_of([*manifests, "Broken-Laptop"], manifests, broken=broken)
    text = "\n".join(AdoptionReport.proposing(shape).as_text())

    assert ASKED in text
    assert "Broken-Laptop" not in text


def test_macs_in_a_folder_of_each_site_are_macs_and_no_builds_of_that_folder() -> None:
    macs = {
        f"{site}/clients/{site}-{build}-{number}": [f"{site}/{build}"]
        for site in ("art", "music")
        for build in ("lab", "office")
        for number in range(3)
    }
    manifests = manifests_of(macs)

    text = "\n".join(AdoptionReport.proposing(shape_of(list(manifests), manifests)).as_text())

    assert 'builds = {match = "{site}/*"}' in text
    assert "12 by host name or another identifier, 4 others" in text
    assert "The table that fits; 12 of 12 Macs go where it says." in text
    assert "  art/clients/art-lab-0  art, lab  keeps it; one by serial includes art/lab" in text
