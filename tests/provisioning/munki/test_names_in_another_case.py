"""Names of manifests in another case, on a disk that ignores case: includes, and what is edited."""

import plistlib
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.audit import look_through
from provisioning.munki.editing import ManifestEditor, OtherCase
from provisioning.munki.errors import MissingInclude
from provisioning.munki.layout import DEFAULT
from provisioning.munki.layout.finder.existing import read_existing
from provisioning.munki.layout.finder.report import AdoptionReport
from provisioning.munki.layout.finder.shape import read_repo
from provisioning.munki.manifests.names import ManifestName
from provisioning.munki.storage import FolderStore, FoundNames, Store, ignores_case
from provisioning.values.serials import Serial
from tests.support.inputs.samples import CaseIgnored
from tests.support.tables import for_each

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


def test_a_repo_is_asked_once_and_only_for_names_that_need_it() -> None:
    """Elsewhere than on a disk, each question is a call to another machine."""
    asked = list[None]()

    def ignores() -> bool:
        asked.append(None)
        return True

    names = FoundNames(["site_default", "extras"], ignores)

    assert [names.find("site_default"), names.find("gone")] == ["site_default", None]
    assert asked == []
    assert [names.find("Site_Default"), names.find("EXTRAS")] == ["site_default", "extras"]
    assert len(asked) == 1


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


@for_each(
    ("name", "present"),
    [
        ("Site_Default", "site_default"),
        ("INCLUDED_MANIFESTS/sites/Paris", "included_manifests/sites/paris"),
    ],
)
def test_a_manifest_is_not_edited_by_its_name_in_another_case(
    name: str, present: str, repo_folder: Path, database: Database
) -> None:
    """Those that include it would be looked for by that name; a rename is a copy and a removal."""
    editor = ManifestEditor(database, CaseIgnored(repo_folder))

    with pytest.raises(OtherCase, match=f"'{name}' for '{present}': write that"):
        editor.verify_case(ManifestName.parse(name))


@for_each("stored", ["k\u00f6ln", "ko\u0308ln"])
@for_each("typed", ["k\u00f6ln", "ko\u0308ln"])
def test_accents_that_are_stored_otherwise_are_the_name_of_the_manifest(
    stored: str, typed: str, repo_folder: Path, database: Database
) -> None:
    manifest = repo_folder / f"manifests/{stored}"
    manifest.write_bytes(b"")

    ManifestEditor(database, CaseIgnored(repo_folder)).verify_case(ManifestName.parse(typed))
    manifest.unlink()  # the rows share the folder


@for_each("theirs", ["C02ABC", "c02abc"])
@for_each("name", ["C02ABC", "c02abc"])
def test_on_a_disk_that_tells_case_each_name_is_one_of_its_own(
    theirs: str, name: str, repo_folder: Path, database: Database
) -> None:
    (repo_folder / f"manifests/{theirs}").write_bytes(b"")

    ManifestEditor(database, FolderStore(repo_folder)).verify_case(ManifestName.parse(name))
