"""Clerks, and what to do for them."""

from collections.abc import Callable

import pytest

from infrastructure.database.engine import Database
from infrastructure.jobs import queue
from infrastructure.jobs.runner import JobRunner, Round
from tests.integration.clerk.errands import Errand
from tests.integration.conftest import Clock


@pytest.fixture
def errand() -> Errand:
    return Errand()


@pytest.fixture
def hire(database: Database, clock: Clock, errand: Errand) -> Callable[..., JobRunner]:
    """More clerks on the same database, at the same clock."""

    def hired(*rounds: Round) -> JobRunner:
        return JobRunner(database, {"errand": errand}, rounds, clock=clock)

    return hired


@pytest.fixture
def clerk(hire: Callable[..., JobRunner]) -> JobRunner:
    return hire()


@pytest.fixture
def owe(database: Database, clock: Clock) -> Callable[..., None]:
    def owed(*names: str, what: str = "errand") -> None:
        with database.begin() as session:
            for name in names:
                queue.owe(session, what, {"name": name}, at=clock())

    return owed
