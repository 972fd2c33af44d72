"""Names of manifests that people send in another case, on a disk that ignores case."""

from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.munki.editing import ManifestEditor, OtherCase
from provisioning.munki.manifests.names import ManifestName
from provisioning.munki.storage import FolderStore
from tests.support.inputs.samples import CaseIgnored
from tests.support.tables import for_each


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
