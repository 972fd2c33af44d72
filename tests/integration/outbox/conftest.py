"""A floor for the outbox."""

import pytest

from infrastructure.database.engine import Database
from provisioning.munki import MunkiRepo
from tests.integration.conftest import Clock
from tests.integration.outbox.floors import Floor


@pytest.fixture
def floor(database: Database, repo: MunkiRepo, clock: Clock) -> Floor:
    """Macs come and go."""
    return Floor(database, repo, clock)
