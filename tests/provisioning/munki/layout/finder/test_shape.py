"""The shape of a repo: which of its manifests are Macs', and which are shared."""

from pathlib import Path

import pytest

from provisioning.munki.errors import RepoUnusable
from provisioning.munki.layout.finder.shape import read_repo, shape_of
from provisioning.munki.manifests.documents import Manifest
from provisioning.munki.storage import FolderStore
from tests.provisioning.munki.layout.finder.shapes import of, proposed, shape
from tests.support.inputs.layouts import LAYOUTS


@pytest.mark.parametrize("name", ["prefixes", "in a folder of a git repo", "nested folders"])
def test_a_repo_on_a_disk_has_the_shape_of_its_manifests(name: str, tmp_path: Path) -> None:
    case = next(each for each in LAYOUTS if each.name == name)

    read = read_repo(FolderStore(case.make(tmp_path)))

    assert read == shape(case)


def test_of_several_folders_of_manifests_munkis_is_found(tmp_path: Path) -> None:
    (tmp_path / "kubernetes/manifests").mkdir(parents=True)
    for number in range(30):
        (tmp_path / f"kubernetes/manifests/{number}").write_bytes(b"kind: Pod")
    LAYOUTS[0].make(tmp_path / "munki")

    assert read_repo(FolderStore(tmp_path)).root == "munki"


class SlowStore(FolderStore):
    """A place of which several threads read faster than one."""

    reads_at_once = 4


def test_a_repo_that_is_read_by_threads_has_the_same_shape(tmp_path: Path) -> None:
    repo = LAYOUTS[0].make(tmp_path)
    (repo / "manifests" / "broken").write_bytes(b"no property list")

    read = read_repo(SlowStore(repo))

    assert read == read_repo(FolderStore(repo))
    assert [finding.kind for finding in read.broken] == ["unreadable manifests"]


@pytest.mark.parametrize("below", ["manifests", "empty"])
def test_a_folder_without_manifests_in_it_is_told_which_one_to_name(
    below: str, tmp_path: Path
) -> None:
    LAYOUTS[0].make(tmp_path)
    (tmp_path / "empty").mkdir()

    with pytest.raises(RepoUnusable, match="name the folder that has manifests in it"):
        read_repo(FolderStore(tmp_path / below))


def test_macs_are_told_by_their_serials_in_any_case_and_by_what_vmware_calls_them() -> None:
    macs: dict[str, list[str]] = {
        name: ["site_default"]
        for name in ("C02XG0FDJGH5", "c02pq05yg8wl", "FVFC20V0M6", "VM5vdACsck0u", "x/C1MPQ9FPG944")
    }

    found = of(macs, "site_default")

    assert (set(found.serials), found.others) == (set(macs), ())


def test_numbered_names_are_host_names_and_a_serial_that_is_included_is_shared() -> None:
    found = of(
        {
            "LABMAC000001": ["site_default"],
            "LABMAC000002": ["site_default"],
            "C02XG0FDJGH5": ["site_default"],
            "C02A01SYNTH1": ["C02XG0FDJGH5"],
        },
        "site_default",
    )

    assert found.serials == ("C02A01SYNTH1",)
    assert found.others == ("LABMAC000001", "LABMAC000002")
    assert "C02XG0FDJGH5" in found.shared


def test_a_build_that_no_mac_has_is_no_mac() -> None:
    unused: Manifest = {"catalogs": ["production"], "included_manifests": ["site_default"]}

    found = of(
        {"C02A01SYNTH1": ["roles/lab"]}, "site_default", "roles/lab", **{"roles/new": unused}
    )

    assert found.others == ()


def test_a_serial_with_and_without_an_ending_are_both_macs_by_serial() -> None:
    found = of({"C02A01SYNTH1": ["lab"], "C02A01SYNTH1.plist": ["lab"]}, "lab")

    assert (found.serials, found.others) == (("C02A01SYNTH1", "C02A01SYNTH1.plist"), ())


def test_a_mac_by_host_name_beside_what_it_includes_is_one() -> None:
    asks: Manifest = {"catalogs": ["production"], "included_manifests": ["PH/116/default"]}

    found = of({"C02A01SYNTH1": ["PH/116/default"]}, "PH/116/default", **{"PH/116/desk1": asks})

    assert found.others == ("PH/116/desk1",)


def test_what_systems_leave_behind_and_yaml_are_no_manifests() -> None:
    files = ["site_default", "Thumbs.db", "make.py", "notes.txt", "roles/lab.yaml", "roles/lab~"]
    files += ["roles/@eaDir/lab", "#recycle/C02XG0FDJGH5", "roles/lab_LOCAL_17"]
    files += ["roles/README", "roles/#lab#", "roles/lab.sb-0a1b2c3d-xY9zAb"]

    found = shape_of(files, {"site_default": {}})

    assert found.paths == ("site_default",)
    assert found.left_alone == tuple(files[1:])


def of_catalogs(*asked: list[str], there: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The proposal for new manifests where Macs ask for these catalogs, and its reason."""
    macs: dict[str, Manifest] = {
        f"C02A{number:02}SYNTH": {"catalogs": names, "included_manifests": [f"site_{number % 2}"]}
        for number, names in enumerate(asked)
    }
    manifests = {**macs, "site_0": {}, "site_1": {}}
    proposal = proposed(shape_of(list(manifests), manifests, there))
    return proposal.catalogs, proposal.reasons["catalogs"]


def test_new_manifests_get_the_catalogs_of_most_macs() -> None:
    usual, testing = ["pilot", "production"], ["testing"]

    found = of_catalogs(usual, usual, usual, testing, there=("pilot", "production", "testing"))

    assert found == (("pilot", "production"), "of new manifests, as in 3 of 4 Macs")


def test_where_macs_differ_new_manifests_get_production_if_there_is_one() -> None:
    asked = (["a"], ["a"], ["b"], ["c"], ["a", "b"])

    assert of_catalogs(*asked, there=("a", "b", "c", "production"))[0] == ("production",)
    found = of_catalogs(*asked, there=("a", "b", "c"))
    assert found == (("a",), "of new manifests, as in 2 of 5 Macs")


def test_where_no_mac_asks_for_a_catalog_new_manifests_get_the_only_one() -> None:
    found = of_catalogs([], [], [], there=("all", "Production"))

    assert found == (("Production",), "of new manifests, the only one there is")
    assert of_catalogs([], [], [], there=("Production", "Testing"))[0] == ("production",)


def test_new_manifests_get_no_catalog_that_is_gone() -> None:
    there = ("all", "pilot", "production")

    assert of_catalogs(["pilot", "old"], ["pilot", "pilot"], there=there)[0] == ("pilot",)
    assert of_catalogs(["old"], ["old"], there=there)[0] == ("production",)
    assert of_catalogs(["all"], ["all"], there=there)[0] == ("all",)
