"""Bringing back what a manifest was."""

import plistlib
from pathlib import Path

import pytest
from sqlalchemy import func, select

from infrastructure.database.engine import Database
from provisioning.munki import MunkiRepo
from provisioning.munki.editing import ManifestEditor, RevisionDeleted
from provisioning.munki.manifests.writing import Author, ManifestChanged
from provisioning.munki.models import Revision
from tests.support.fixtures.doors import Script

MAC = "C02XG0FDJGH5"
ALICE = Author("U0ALICE", "button")
FORMER = plistlib.dumps({"catalogs": ["testing"], "notes": "an admin's own"})


@pytest.fixture
def manifests(database: Database, repo: MunkiRepo) -> ManifestEditor:
    """All manifests of the repo."""
    return ManifestEditor(database, repo.store)


@pytest.fixture
def manifest(repo_folder: Path) -> Path:
    """A manifest that was there before its Mac was."""
    path = repo_folder / "manifests" / MAC
    path.write_bytes(FORMER)
    return path


def last_change(database: Database) -> int:
    """The number of the last change of the Mac's manifest."""
    with database.reading() as session:
        newest = select(func.max(Revision.id)).where(Revision.name == MAC)
        return session.scalar(newest) or 0


def test_the_former_bytes_come_back(
    script: Script, database: Database, manifests: ManifestEditor, manifest: Path
) -> None:
    script.manifest(serial=MAC, site="london", build="design")
    assert manifest.read_bytes() != FORMER

    manifests.restore(last_change(database), editor=ALICE)

    assert manifest.read_bytes() == FORMER


def test_where_there_was_none_there_is_none_again(
    script: Script, database: Database, manifests: ManifestEditor, repo_folder: Path
) -> None:
    script.manifest(serial=MAC, site="london", build="design")

    manifests.restore(last_change(database), editor=ALICE)

    assert not (repo_folder / "manifests" / MAC).exists()


def test_bringing_back_is_a_change_that_can_be_taken_back_too(
    script: Script, database: Database, manifests: ManifestEditor, manifest: Path
) -> None:
    script.manifest(serial=MAC, site="london", build="design")
    written = manifest.read_bytes()
    manifests.restore(last_change(database), editor=ALICE)
    manifests.restore(last_change(database), editor=ALICE)

    assert manifest.read_bytes() == written


@pytest.mark.postgresql(instead=True)
def test_what_somebody_changed_since_is_not_lost(
    script: Script, database: Database, manifests: ManifestEditor, manifest: Path
) -> None:
    script.manifest(serial=MAC, site="london", build="design")
    later = plistlib.dumps(plistlib.loads(manifest.read_bytes()) | {"notes": "later"})
    manifest.write_bytes(later)

    with pytest.raises(ManifestChanged):
        manifests.restore(last_change(database), editor=ALICE)

    assert manifest.read_bytes() == later


def test_a_change_that_never_was_is_told(manifests: ManifestEditor) -> None:
    with pytest.raises(RevisionDeleted):
        manifests.restore(4711, editor=ALICE)
