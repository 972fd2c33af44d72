"""Macs' own manifests by other names than serials, and those that several Macs may ask for."""

from infrastructure.findings import Finding
from provisioning.munki.layout import Layout, NamesForm
from provisioning.munki.layout.finder.report import AdoptionReport
from provisioning.munki.layout.finder.shape import shape_of
from provisioning.munki.manifests.documents import Manifest
from tests.provisioning.munki.layout.finder.shapes import of, report, serials

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


def test_manifests_that_several_macs_may_share_are_asked_about() -> None:
    shared = ("faculty", "staff", "lab101")

    text = report({name: ["common"] for name in shared}, "common")

    assert 'builds = {names = ["common"]}' in text
    assert "Do several Macs ask for one of these (faculty, staff, lab101)" in text
    assert "Do several Macs" not in report({key: ["common"] for key in serials(3)}, "common")


def test_manifests_with_several_includes_to_choose_from_may_be_shared_by_macs_too() -> None:
    rooms = {"lab-1": ["lab"], "lab-2": ["lab"], "office": ["common"], "library": ["common"]}

    text = report(rooms, "common", "lab")

    assert 'builds = {names = ["common", "lab"]}' in text
    assert "Do several Macs ask for one of these (lab-1, lab-2, office, library)" in text
    assert text.endswith('    builds = {names = ["lab-1", "lab-2", "library", "office"]}')


def test_identifiers_that_include_no_rule_are_kinds_of_macs_too() -> None:
    macs = {"staff": ["base", "cs5"], "video": ["cs5", "cut"], "music": ["base", "cut"]}

    text = report(macs, "base", "cs5", "cut", "old")

    assert "nothing of which each includes exactly one" in text
    assert text.endswith('    builds = {names = ["music", "old", "staff", "video"]}')
    assert "ClientIdentifier" not in report({**macs, serials(1)[0]: ["base", "cs5"]}, "base")


def test_kinds_of_macs_that_nothing_includes_get_a_table_to_paste() -> None:
    text = report({"art_client": [], "staff_client": [], "site default": []})

    assert text.endswith(
        "with those alone, into the file of ROLLCALL_POLICY:\n\n"
        "    [munki]\n"
        "    always = []\n"
        "    sites = false\n"
        '    builds = {names = ["art_client", "site default", "staff_client"]}'
    )
    assert "always" not in report({"art_client": []}, "site_default")
    assert 'names = ["…"]' in report({f"client_{number}": [] for number in range(41)})


def test_what_the_table_of_an_admin_calls_builds_is_no_mac() -> None:
    shared = ("faculty", "staff")
    layout = Layout(sites=None, builds=NamesForm(tuple((name, name) for name in shared)))

    shown = AdoptionReport.of_layout(of({name: ["common"] for name in shared}, "common"), layout)

    text = "\n".join(shown.as_text())
    assert "The table of the policy file: no Mac has a manifest yet." in text
    assert "faculty" not in text


def test_a_shared_manifest_that_the_proposed_table_tells_is_no_mac_either() -> None:
    macs = {serial: [f"edu.role.{n % 2}"] for n, serial in enumerate(serials(4))}

    text = report({**macs, "edu.role.new": ["edu.base"]}, "edu.role.0", "edu.role.1", "edu.base")

    assert "Macs by other names" not in text
    assert "5 manifests: " not in text
    assert "4 Macs by serial, 4 others" in text
