"""Job runners that were killed, or thought so."""

import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.jobs import queue
from infrastructure.jobs.models import Job
from infrastructure.jobs.runner import JobRunner
from tests.infrastructure.jobs.conftest import Enqueue
from tests.infrastructure.jobs.errands import Errand, fail, left, said
from tests.support.fixtures.doors import Clock
from tests.support.installation import ROOT
from tests.support.soaking import soak_only


def test_a_job_that_somebody_has_is_left_alone_until_the_lease_runs_out(
    runner: JobRunner, enqueue: Enqueue, database: Database, clock: Clock
) -> None:
    enqueue("one")
    with database.begin() as session:
        assert queue.claim(session, "one who was killed", clock())

    assert not runner.work()
    clock.advance(seconds=queue.LEASE.total_seconds() + 1)
    assert runner.work()
    assert said(database) == ["done one"]


pytestmark = pytest.mark.postgresql

DEADLY = """
import os, signal, sys
from infrastructure.jobs.runner import JobRunner
from infrastructure.database.engine import Database

class Deadly:
    def do(self, facts):
        os.kill(os.getpid(), signal.SIGKILL)

JobRunner(Database(sys.argv[1]), {"errand": Deadly()}, ()).work()
"""


@soak_only("a lease that runs out is held below, whatever became of its holder")
def test_a_job_whose_job_runner_was_killed_is_done_by_the_next(
    runner: JobRunner, enqueue: Enqueue, database: Database, database_url: str, clock: Clock
) -> None:
    enqueue("one")
    died = subprocess.run([sys.executable, "-c", DEADLY, database_url], cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL

    assert not runner.work()
    clock.advance(seconds=queue.LEASE.total_seconds() + 60)
    assert runner.work()
    assert said(database) == ["done one"]


def test_a_job_runner_that_was_thought_dead_records_nothing(
    runner: JobRunner,
    hire: Callable[..., JobRunner],
    enqueue: Enqueue,
    database: Database,
    clock: Clock,
    errand: Errand,
) -> None:
    enqueue("one")

    def sleep() -> None:
        errand.fault = lambda: None
        clock.advance(seconds=queue.LEASE.total_seconds() + 1)
        assert hire().work()

    errand.fault = sleep
    runner.work()

    assert errand.begun == ["one", "one"]
    assert said(database) == ["done one"]
    assert left(database) == 0


def test_a_job_runner_that_was_thought_dead_does_not_put_off_what_another_has(
    runner: JobRunner, enqueue: Enqueue, database: Database, clock: Clock, errand: Errand
) -> None:
    enqueue("one")

    def sleep_and_fail() -> None:
        clock.advance(seconds=queue.LEASE.total_seconds() + 1)
        with database.begin() as session:
            assert queue.claim(session, "another", clock())
        fail()

    errand.fault = sleep_and_fail
    runner.work()

    with database.reading() as session:
        assert session.scalars(select(Job.holder)).all() == ["another"]
