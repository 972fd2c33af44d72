"""Includes that are the names of manifests in another case, on a disk that ignores case."""

import plistlib
from pathlib import Path

import pytest

from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.audit import look_through
from provisioning.munki.errors import MissingInclude
from provisioning.munki.layout import DEFAULT
from provisioning.munki.layout.finder.existing import read_existing
from provisioning.munki.layout.finder.report import AdoptionReport
from provisioning.munki.layout.finder.shape import read_repo
from provisioning.munki.storage import FolderStore, Store, ignores_case
from provisioning.values.serials import Serial
from tests.support.inputs.samples import CaseIgnored

MAC = Serial("C02XG0FDJGH5")
SITES = "included_manifests/sites"


@pytest.fixture
def own(repo_folder: Path) -> Path:
    """The manifest of a Mac, whose includes are written in another case and with other accents."""
    for name, includes in {
        "C02XG0FDJGH5": ["Site_Default", f"{SITES}/Paris", "Included_Manifests/builds/basic"],
        "C02XG0FDJGH6": ["site_default", f"{SITES}/Ko\u0308ln", "extras"],
    }.items():
        manifest = {"catalogs": ["production"], "included_manifests": includes}
        (repo_folder / "manifests" / name).write_bytes(plistlib.dumps(manifest))
    for name in (f"{SITES}/k\u00f6ln", "extras"):
        (repo_folder / "manifests" / name).write_bytes(plistlib.dumps({}))
    return repo_folder / "manifests/C02XG0FDJGH5"


def test_includes_in_another_case_are_replaced_as_others_are(repo_folder: Path, own: Path) -> None:
    view = MunkiRepo(CaseIgnored(repo_folder)).now()

    with view.holding(MAC):
        view.assign(MAC, Destination("london", "design"))

    assert plistlib.loads(own.read_bytes())["included_manifests"] == [
        "site_default",
        f"{SITES}/london",
        "included_manifests/builds/design",
    ]


def test_on_a_disk_that_tells_case_they_are_missing_and_nothing_is_written(
    repo_folder: Path, own: Path
) -> None:
    view, before = MunkiRepo(FolderStore(repo_folder)).now(), own.read_bytes()

    with view.holding(MAC), pytest.raises(MissingInclude, match="Site_Default"):
        view.assign(MAC, Destination("london", "design"))

    assert own.read_bytes() == before


def test_the_doctor_finds_nothing_where_macs_find_them(repo_folder: Path, own: Path) -> None:
    def kinds(store: Store) -> list[str]:
        return [finding.kind for finding in look_through(store)]

    assert own.exists()
    assert kinds(CaseIgnored(repo_folder)) == []
    assert kinds(FolderStore(repo_folder)) == ["missing includes"] * 4


def test_what_is_included_in_another_case_is_no_macs_and_may_lead_back(repo_folder: Path) -> None:
    manifests = {"Lab": ["STAFF"], "Staff": ["lab"]}
    for name, includes in manifests.items():
        manifest = {"included_manifests": includes}
        (repo_folder / "manifests" / name).write_bytes(plistlib.dumps(manifest))

    [loop] = look_through(CaseIgnored(repo_folder))

    assert "Lab → Staff → Lab" in loop.message


def test_macs_whose_includes_are_in_another_case_are_adopted(repo_folder: Path, own: Path) -> None:
    store = CaseIgnored(repo_folder)

    found = read_existing(store, MunkiRepo(store).now().places)
    report = "\n".join(AdoptionReport.of_layout(read_repo(store), DEFAULT).as_text())

    [mac] = found.macs
    assert (mac.serial.text, mac.manifest.site, mac.manifest.build) == (own.name, "paris", "basic")
    assert not mac.stays
    assert [*found.left_out] == ["has no build"]
    assert "Broken" not in report
    assert "C02XG0FDJGH5  paris, basic  + site_default" in report


def test_a_mac_with_one_site_in_two_cases_has_two_and_keeps_no_other_out(
    repo_folder: Path, own: Path
) -> None:
    includes = [
        "site_default",
        f"{SITES}/paris",
        f"{SITES}/Paris",
        "included_manifests/builds/basic",
    ]
    manifest = {"catalogs": ["production"], "included_manifests": includes}
    (repo_folder / "manifests/C02XG0FDJGH7").write_bytes(plistlib.dumps(manifest))
    store = CaseIgnored(repo_folder)

    found = read_existing(store, MunkiRepo(store).now().places)

    assert [mac.serial.text for mac in found.macs] == [own.name]
    assert {*found.left_out} == {"has no build", "has 2 sites"}


def test_a_twin_does_not_make_a_disk_one_that_ignores_case(repo_folder: Path) -> None:
    (repo_folder / "manifests/SITE_DEFAULT").write_bytes(b"")
    names = ["manifests/SITE_DEFAULT", "manifests/site_default", f"manifests/{SITES}/paris"]

    assert not ignores_case(FolderStore(repo_folder), names)
    assert not ignores_case(FolderStore(repo_folder), names[:2])
    assert ignores_case(CaseIgnored(repo_folder), names)


def test_a_link_that_leads_nowhere_says_nothing_of_the_disk(repo_folder: Path) -> None:
    (repo_folder / "manifests/a").symlink_to("nowhere")
    names = ["manifests/a", "manifests/site_default"]

    assert ignores_case(CaseIgnored(repo_folder), names)
    assert not ignores_case(FolderStore(repo_folder), names)


def test_a_disk_that_ignores_case_tells_spaces(repo_folder: Path) -> None:
    (repo_folder / "manifests/extra apps").write_bytes(plistlib.dumps({}))
    manifest = {"included_manifests": ["Extra  Apps", "Extra Apps"]}
    (repo_folder / "manifests/lab").write_bytes(plistlib.dumps(manifest))

    found = look_through(CaseIgnored(repo_folder))

    missing = [finding.message for finding in found if finding.kind == "missing includes"]
    assert missing == ["lab includes 'Extra  Apps', which does not exist; a Mac stops there."]
