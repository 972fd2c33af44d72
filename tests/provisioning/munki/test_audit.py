"""The doctor's findings about a Munki repo, before the Macs meet them."""

import os
import plistlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infrastructure.findings import shortened
from provisioning.munki.audit import look_through
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.layout import Layout, PrefixForm
from provisioning.munki.storage import FolderStore
from provisioning.munki.storage.base import Reader, Stored
from tests.support.inputs.samples import DistantStore
from tests.support.tables import for_each

Audit = Callable[[], list[str]]

Put = Callable[..., Path]


@pytest.fixture
def put(repo_folder: Path) -> Put:
    """Put a file into the sample repo's manifests."""

    def written(name: str, content: dict[str, Any] | bytes) -> Path:
        path = repo_folder / "manifests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else plistlib.dumps(content))
        return path

    return written


@pytest.fixture
def found(repo_folder: Path) -> Audit:
    """Look through the repo."""
    return lambda: [str(finding) for finding in look_through(FolderStore(repo_folder))]


def mac(*includes: str, **keys: Any) -> dict[str, Any]:
    """A Mac's manifest."""
    return {"catalogs": ["production"], "included_manifests": ["site_default", *includes], **keys}


def asking(includes: str, depth: int) -> dict[str, Any]:
    """A Mac's manifest with an include in a condition of so many conditions."""
    condition: dict[str, Any] = {"condition": "TRUEPREDICATE", "included_manifests": [includes]}
    for _ in range(depth):
        condition = {"condition": "TRUEPREDICATE", "conditional_items": [condition]}
    return mac(conditional_items=[condition])


def including(*names: str) -> dict[str, Any]:
    """A manifest that Macs share."""
    return {"included_manifests": [*names]}


MAC, DESIGN = "C02XG0FDJGH5", "included_manifests/builds/design"
REPOS: dict[str, tuple[dict[str, dict[str, Any] | bytes], list[str]]] = {
    "all is well": ({MAC: mac("included_manifests/sites/london")}, []),
    "an include is missing": (
        {MAC: mac("included_manifests/sites/rome")},
        [f"{MAC} includes 'included_manifests/sites/rome', which does not exist"],
    ),
    "in a condition": ({MAC: asking("gone", 0)}, [f"{MAC} includes 'gone', which does not exist"]),
    "below it": ({MAC: asking("gone", 20)}, [f"{MAC} includes 'gone', which does not exist"]),
    "an empty name is none": ({MAC: mac("")}, []),
    "three include each other": (
        {
            "a": including("b"),
            "b": including("c"),
            "c": including("a"),
            MAC: mac("a"),
            "z": mac("a"),
        },
        ["Manifests include each other: a → b → c → a. Take one of these lines out"],
    ),
    "one includes itself": (
        {"a": including("a")},
        ["Manifests include each other: a → a. Take one of these lines out"],
    ),
    "two share one": ({"top": including(DESIGN), MAC: mac("top", DESIGN)}, []),
    "no catalogs": ({MAC: including("site_default")}, [f"{MAC} has no catalogs"]),
    "a catalog that nobody made": (
        {serial: mac(catalogs=["produktion"]) for serial in ("C02A", "C02B", "C02C")},
        [
            (
                "Nobody made the catalog 'produktion', which C02A and 2 more ask for. Put an item "
                "into it and run makecatalogs, or correct the name."
            )
        ],
    ),
    "serials in two cases": (
        {MAC: mac(), MAC.lower(): mac()},
        [f"{MAC} and {MAC.lower()} differ only in case"],
    ),
    "folders in two cases": (
        {f"{folder}/{name}": mac() for folder in ("North", "north") for name in ("lab", "office")},
        ["North and north differ only in case"],
    ),
    "accents in one part and in two": (
        {"extras/caf\u00e9": mac(), "extras/cafe\u0301": mac()},
        ["extras/cafe\u0301 and extras/caf\u00e9 look the same"],
    ),
    "dot files": ({".DS_Store": b"\0\0\0\1Bud1", f".{MAC}.rollcall": b"<plist"}, []),
    "leftovers": ({"a.plist.bak": including("gone"), "Thumbs.db": b"no property list"}, []),
    "YAML": (
        {"lab.yaml": b"catalogs:\n- production\n", "lab.yml": mac("gone")},
        [
            f"{name} is left alone: Rollcall reads and writes property lists only. One for "
            "Windows, as Cimian's are, may stay. Convert one for Macs, and name it without "
            "its ending"
            for name in ("lab.yaml", "lab.yml")
        ],
    ),
}


@pytest.mark.parametrize("case", REPOS)
def test_each_fault_of_a_repo_is_found_once_and_nothing_else_is(
    found: Audit, put: Put, case: str
) -> None:
    files, told = REPOS[case]
    for name, content in files.items():
        put(name, content)

    assert [finding.partition(";")[0] for finding in found()] == told


class GuardedStore(FolderStore):
    """A repo in which one manifest is not for the user that reads it."""

    def reader(self) -> Reader:
        """Return a reader of files, which raises RepoUnusable."""
        read = super().reader()

        def guarded(name: str) -> Stored | None:
            if name.endswith("/secret"):
                raise RepoUnusable("Permission denied") from PermissionError()
            return read(name)

        return guarded


def test_a_manifest_that_may_not_be_read_hides_nothing_about_the_others(
    put: Put, repo_folder: Path
) -> None:
    put("C02XG0FDJGH5", mac("included_manifests/sites/rome"))
    put("secret", {})

    findings = "\n".join(map(str, look_through(GuardedStore(repo_folder))))

    assert "secret may not be read. Let Rollcall's user read it." in findings
    assert "C02XG0FDJGH5 includes 'included_manifests/sites/rome'" in findings


def test_a_repo_that_is_read_by_several_threads_has_the_same_findings(
    found: Audit, put: Put, repo_folder: Path
) -> None:
    put("C02XG0FDJGH5", mac("included_manifests/sites/rome"))

    assert [str(finding) for finding in look_through(DistantStore(repo_folder))] == found() != []


def test_a_pipe_among_the_manifests_is_reported_without_waiting_for_it(
    found: Audit, repo_folder: Path
) -> None:
    os.mkfifo(repo_folder / "manifests" / "pipe")

    [finding] = found()
    assert "pipe in the Munki repo cannot be read (it is a pipe or a device" in finding


@pytest.mark.parametrize("entry", ["site_München", "site_mu\u0308nchen"])
def test_an_include_that_is_nearly_a_manifest_is_told_with_that_one(
    entry: str, found: Audit, put: Put
) -> None:
    put("site_münchen", mac())
    put("C02XG0FDJGH5", mac(entry))

    [line] = found()

    assert line.startswith(f"C02XG0FDJGH5 includes {entry!r}, which does not exist;")
    assert line.endswith(
        "There is 'site_münchen': write the same letters, in the same case, and with accents "
        "that are stored in the same way."
    )


def test_a_manifest_that_no_mac_asks_for_by_serial_may_do_without(found: Audit, put: Put) -> None:
    put("office_2016_updates", {"managed_installs": ["Office"]})

    [told] = found()
    assert "office_2016_updates is included by none and has no catalogs; Munki skips" in told
    assert "Where a Mac asks for it: manifestutil add-catalog" in told


@for_each("content", [b"", b"<plist>", b"\xff\xfe", b"bplist00garbage"])
def test_a_manifest_that_cannot_be_read(found: Audit, put: Put, content: bytes) -> None:
    put("C02XG0FDJGH5", content)

    [finding] = found()
    assert "C02XG0FDJGH5" in finding
    assert "cannot be read" in finding


def test_a_manifest_that_is_too_large_is_none_that_can_be_read(found: Audit, put: Put) -> None:
    os.truncate(put("C02XG0FDJGH5", mac()), 4 * 1024**2 + 1)

    [finding] = found()
    assert "C02XG0FDJGH5" in finding
    assert "larger than 4 MiB" in finding


def test_a_catalog_in_another_case_is_named(found: Audit, put: Put) -> None:
    put("C02XG0FDJGH5", mac(catalogs=["Production"]))

    [told] = found()
    assert "Nobody made the catalog 'Production', which C02XG0FDJGH5 asks for." in told
    assert "There is 'production': write the same letters, in the same case" in told


def test_only_macs_need_catalogs_by_the_layout_too(repo_folder: Path, put: Put) -> None:
    layout = Layout(macs="clients", builds=PrefixForm("lab-"))
    for name in ("lab-new", "clients/C02XG0FDJGH5"):
        put(name, {})

    told = [str(finding) for finding in look_through(FolderStore(repo_folder), layout)]

    assert [each.partition(";")[0] for each in told] == ["clients/C02XG0FDJGH5 has no catalogs"]


def test_a_repo_without_manifests_is_unusable(tmp_path: Path) -> None:
    with pytest.raises(RepoUnusable):
        look_through(FolderStore(tmp_path / "nothing"))


def test_one_mistake_that_is_made_everywhere_is_shown_a_few_times(
    repo_folder: Path, put: Put
) -> None:
    for number in range(30):
        put(f"C02{number:09}", mac("included_manifests/sites/rome"))

    lines = list(shortened(look_through(FolderStore(repo_folder))))

    assert len(lines) == 9
    assert lines[-1] == "… and 22 more of the same: missing includes."


def test_a_misspelled_include_gets_the_name_that_it_is_most_like(found: Audit, put: Put) -> None:
    put("roles/lab.plist", {})
    put("Installs-Required", {})
    put("C02XG0FDJGH5", mac("Installs-Required", "included_manifests/sites/paris"))
    put("C02XG0FDJGH6", mac("Installs-Requried", "roles/lab", "included_manifests/sites/renamed"))

    misspelled, without_ending, other = found()

    assert misspelled.endswith(
        "Is 'Installs-Required' meant? Else make that manifest, or take the line out."
    )
    assert without_ending.endswith(
        "There is 'roles/lab.plist': write its whole name, with its ending if it has one."
    )
    assert other.endswith("stops there. Make that manifest, or take the line out.")


def test_like_names_are_searched_for_a_few_of_many_missing_includes(found: Audit, put: Put) -> None:
    put("installs", {})
    put("C02XG0FDJGH5", mac("installs", *(f"install{number:02}" for number in range(30))))

    told = [
        finding.endswith("stops there. Make that manifest, or take the line out.")
        for finding in found()
    ]

    assert told == [False] * 20 + [True] * 10


def test_a_serial_in_small_letters_is_told_and_a_host_name_is_not(found: Audit, put: Put) -> None:
    put("c02pq05yg8wl", mac())
    put("studiomac01", mac())
    put("clients/c02pq05yg8wx", mac())
    put("C02XG0FDJGH5", mac())

    [told] = found()
    assert told == (
        "c02pq05yg8wl is in small letters; a Mac asks for C02PQ05YG8WL, and finds it only where "
        "the disk of the web server ignores case. Rename it to C02PQ05YG8WL."
    )
