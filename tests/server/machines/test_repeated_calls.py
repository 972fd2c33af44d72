"""A Mac that asks again for a manifest that it had, after an admin or a tool touched it."""

import plistlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from infrastructure.database.engine import Database
from provisioning.outbox.models import CONFIRMATION
from provisioning.registrations.models import Registration
from tests.provisioning.munki.test_revisions import MAC, kept
from tests.server.machines.asked import owed
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


def test_people_are_told_again_once_a_former_script_would_be_good_no_more(
    script: Script, database: Database, manifest: Path
) -> None:
    ask = {"serial": MAC, "site": "london", "build": "design"}
    script.manifest(**ask)
    assert len(owed(database, CONFIRMATION)) == 1
    with database.begin() as session:
        earlier = datetime.now(UTC) - timedelta(hours=73)
        session.execute(update(Registration).values(confirmed_at=earlier))

    script.manifest(**ask)

    assert len(owed(database, CONFIRMATION)) == 2
    assert manifest.exists()
