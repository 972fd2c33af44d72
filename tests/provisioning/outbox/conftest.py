"""A floor for the outbox."""

import pytest

from infrastructure.database.engine import Database
from provisioning.munki import MunkiRepo
from tests.provisioning.outbox.floors import Floor
from tests.support.fixtures.doors import Clock


@pytest.fixture
def floor(database: Database, repo: MunkiRepo, clock: Clock) -> Floor:
    """Macs come and go."""
    return Floor(database, repo, clock)
