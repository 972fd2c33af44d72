"""An installation whose layout changes."""

import plistlib
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from tests.provisioning.maintenance.renamed import Installation

MANIFESTS = ("places/uk/london", "places/fr/paris", "places/rome", "role_design", "role_kiosk")


@pytest.fixture
def installation(database: Database, repo_folder: Path) -> Installation:
    """An installation with a nested folder of sites, and with builds that begin alike."""
    for path in MANIFESTS:
        file = repo_folder / "manifests" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(plistlib.dumps({}))
    return Installation(database, repo_folder)
