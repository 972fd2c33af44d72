"""Job runners, and what to do for them."""

from collections.abc import Callable

import pytest

from infrastructure.database.engine import Database
from infrastructure.jobs import queue
from infrastructure.jobs.runner import JobRunner, PeriodicTask
from tests.infrastructure.jobs.errands import Errand
from tests.support.fixtures.doors import Clock

Enqueue = Callable[..., None]


@pytest.fixture
def errand() -> Errand:
    return Errand()


@pytest.fixture
def hire(database: Database, clock: Clock, errand: Errand) -> Callable[..., JobRunner]:
    """More job runners on the same database, at the same clock."""

    def hired(*rounds: PeriodicTask) -> JobRunner:
        return JobRunner(database, {"errand": errand}, rounds, clock=clock)

    return hired


@pytest.fixture
def runner(hire: Callable[..., JobRunner]) -> JobRunner:
    return hire()


@pytest.fixture
def enqueue(database: Database, clock: Clock) -> Enqueue:
    def owed(*names: str, what: str = "errand") -> None:
        with database.begin() as session:
            for name in names:
                queue.enqueue(session, what, {"name": name}, at=clock())

    return owed
