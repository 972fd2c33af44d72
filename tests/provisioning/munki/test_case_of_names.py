"""Names of manifests that people send in another case, on a disk that ignores case."""

import plistlib
from collections.abc import Callable
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.munki.editing import ManifestEditor, OtherCase
from provisioning.munki.manifests.names import ManifestName
from provisioning.munki.manifests.writing import Author
from provisioning.munki.storage import FolderStore, Stored
from tests.support.fixtures.repo import seen
from tests.support.inputs.samples import CaseIgnored
from tests.support.tables import for_each

OLIVIA = Author("olivia", "test")
NEW = plistlib.dumps({"catalogs": ["testing"]})
Change = Callable[[ManifestEditor, ManifestName], object]


def unseen(_: Stored | None) -> None:
    """The condition of a client that knows no version."""


def put(editor: ManifestEditor, name: ManifestName) -> None:
    editor.put(name, NEW, editor=OLIVIA, unless=unseen)


def remove(editor: ManifestEditor, name: ManifestName) -> None:
    editor.remove(name, editor=OLIVIA, unless=unseen)


@for_each(
    ("name", "present"),
    [
        ("Site_Default", "site_default"),
        ("INCLUDED_MANIFESTS/sites/Paris", "included_manifests/sites/paris"),
    ],
)
@for_each("change", [put, remove])
def test_a_manifest_is_neither_changed_nor_removed_by_its_name_in_another_case(
    name: str, present: str, change: Change, repo_folder: Path, database: Database
) -> None:
    """Those that include it would be looked for by that name; a rename is a copy and a removal."""
    before = seen(repo_folder / "manifests")

    with pytest.raises(OtherCase, match=f"'{name}' for '{present}': write that"):
        change(ManifestEditor(database, CaseIgnored(repo_folder)), ManifestName.parse(name))

    assert seen(repo_folder / "manifests") == before


@for_each("stored", ["k\u00f6ln", "ko\u0308ln"])
def test_accents_that_are_stored_otherwise_are_the_name_of_the_manifest(
    stored: str, repo_folder: Path, database: Database
) -> None:
    (repo_folder / f"manifests/{stored}").write_bytes(NEW)

    remove(ManifestEditor(database, CaseIgnored(repo_folder)), ManifestName.parse(stored))

    assert not (repo_folder / f"manifests/{stored}").exists()


def test_on_a_disk_that_tells_case_a_twin_is_removed_by_its_name(
    repo_folder: Path, database: Database
) -> None:
    for name in ("c02abc", "C02ABC"):
        (repo_folder / f"manifests/{name}").write_bytes(NEW)

    remove(ManifestEditor(database, FolderStore(repo_folder)), ManifestName.parse("c02abc"))

    assert (repo_folder / "manifests/C02ABC").exists()
