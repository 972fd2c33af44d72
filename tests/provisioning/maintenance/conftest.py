"""Job runners, on the test's clock."""

from collections.abc import Callable

import pytest

from infrastructure.database.engine import Database
from infrastructure.jobs.runner import JobRunner, PeriodicTask
from tests.infrastructure.jobs.errands import Errand
from tests.support.fixtures.doors import Clock


@pytest.fixture
def hire(database: Database, clock: Clock) -> Callable[..., JobRunner]:
    """A job runner that does errands, and makes these rounds."""

    def hired(*rounds: PeriodicTask) -> JobRunner:
        return JobRunner(database, {"errand": Errand()}, rounds, clock=clock)

    return hired
