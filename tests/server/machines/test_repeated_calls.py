"""A Mac that asks again for a manifest that it had, after an admin or a tool touched it."""

import plistlib
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from tests.provisioning.munki.test_revisions import MAC, kept
from tests.support.acting import LONDON
from tests.support.fixtures.doors import Script
from tests.support.inputs.manifests import includes_of


@pytest.fixture
def manifest(script: Script, repo_folder: Path) -> Path:
    """The manifest of a Mac that was confirmed a moment ago."""
    script.manifest(serial=MAC, site="london", build="design")
    return repo_folder / "manifests" / MAC


@pytest.mark.parametrize("left", [None, {"catalogs": ["testing"], "included_manifests": []}])
def test_what_was_removed_or_changed_is_put_right_and_recorded(
    script: Script, database: Database, manifest: Path, left: dict[str, object] | None
) -> None:
    manifest.unlink()
    if left is not None:
        manifest.write_bytes(plistlib.dumps(left))

    assert script.manifest(serial=MAC, site="london", build="design").status_code == 200

    assert plistlib.loads(manifest.read_bytes())["included_manifests"] == includes_of(LONDON)
    assert len(kept(database)) == 2


def test_what_others_added_is_left_alone(
    script: Script, database: Database, manifest: Path
) -> None:
    added = plistlib.loads(manifest.read_bytes()) | {"notes": "mine"}
    manifest.write_bytes(plistlib.dumps(added))

    assert script.manifest(serial=MAC, site="london", build="design").status_code == 200

    assert plistlib.loads(manifest.read_bytes()) == added
    assert len(kept(database)) == 1
