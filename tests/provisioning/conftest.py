"""A Munki repo in git, and Macs of which Slack is told."""

from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.munki import MunkiRepo
from tests.provisioning.outbox.floors import Floor
from tests.support.fixtures.doors import Clock
from tests.support.installing.packages import program


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The path for a server's clone, which git is to make."""
    program("git")
    return tmp_path / "copy"


@pytest.fixture
def floor(database: Database, repo: MunkiRepo, clock: Clock) -> Floor:
    """Macs that come and go, and troubles to be told."""
    return Floor(database, repo, clock)
