"""Job runners, on the test's clock, and an installation whose layout changes."""

import plistlib
from collections.abc import Callable
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from infrastructure.jobs.runner import JobRunner, PeriodicTask
from tests.infrastructure.jobs.errands import Errand
from tests.provisioning.maintenance.renamed import Installation
from tests.support.fixtures.doors import Clock

MANIFESTS = ("places/uk/london", "places/fr/paris", "places/rome", "role_design", "role_kiosk")


@pytest.fixture
def hire(database: Database, clock: Clock) -> Callable[..., JobRunner]:
    """A job runner that does errands, and makes these rounds."""

    def hired(*rounds: PeriodicTask) -> JobRunner:
        return JobRunner(database, {"errand": Errand()}, rounds, clock=clock)

    return hired


@pytest.fixture
def installation(database: Database, repo_folder: Path) -> Installation:
    """An installation with a nested folder of sites, and with builds that begin alike."""
    for path in MANIFESTS:
        file = repo_folder / "manifests" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(plistlib.dumps({}))
    return Installation(database, repo_folder)
