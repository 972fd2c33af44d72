"""Jobs are done in their order, each once."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.jobs import queue
from infrastructure.jobs.runner import JobRunner
from tests.infrastructure.jobs.conftest import Enqueue
from tests.infrastructure.jobs.errands import Errand, fail, left, said
from tests.support.databases.turns import meanwhile
from tests.support.fixtures.doors import Clock

pytestmark = pytest.mark.postgresql(instead=True)


def test_jobs_are_done_in_their_order_and_then_gone(
    runner: JobRunner, enqueue: Enqueue, database: Database
) -> None:
    enqueue("one", "two")

    assert [runner.work() for _ in range(3)] == [True, True, False]
    assert said(database) == ["done one", "done two"]
    assert left(database) == 0


@pytest.mark.postgresql(instead=True)
def test_a_job_waits_for_its_time(runner: JobRunner, database: Database, clock: Clock) -> None:
    at = clock()
    with database.begin() as session:
        clock.advance(minutes=5)
        queue.enqueue(session, "errand", {"name": "one"}, at=clock())
    clock.now = at

    assert not runner.work()
    clock.advance(minutes=5)
    assert runner.work()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_job_that_another_runner_claims_at_this_moment_is_passed_over(
    enqueue: Enqueue, database: Database, clock: Clock
) -> None:
    def claim(session: Session) -> str:
        job = queue.claim(session, "runner", clock())
        return job.facts["name"] if job else ""

    enqueue("one", "two")

    assert meanwhile(database, claim) == ("one", "two")


@pytest.mark.postgresql(instead=True)
def test_many_job_runners_do_each_job_once(
    hire: Callable[..., JobRunner], enqueue: Enqueue, database: Database, errand: Errand
) -> None:
    names = [f"job {number}" for number in range(12)]
    enqueue(*names)

    def work(runner: JobRunner) -> None:
        while left(database):
            runner.work()

    threads = [threading.Thread(target=work, args=(hire(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(errand.begun) == sorted(names)
    assert sorted(said(database)) == sorted(f"done {name}" for name in names)


def test_a_job_runner_says_what_it_begins_and_how_long_that_may_take(
    database: Database, enqueue: Enqueue, errand: Errand, clock: Clock
) -> None:
    beats: list[tuple[str, float]] = []
    runner = JobRunner(
        database,
        {"errand": errand},
        [],
        clock=clock,
        pulse=lambda doing="", longest=0: beats.append((doing, longest)),
    )
    enqueue("one")

    runner.work()

    assert beats == [("busy with errand", 180)]


def test_each_job_is_counted_by_its_outcome(
    database: Database, enqueue: Enqueue, errand: Errand, clock: Clock
) -> None:
    counted: list[tuple[str, str]] = []
    runner = JobRunner(
        database,
        {"errand": errand},
        [],
        clock=clock,
        count=lambda kind, outcome: counted.append((kind, outcome)),
    )
    enqueue("one", "two")

    runner.work()
    errand.fault = fail
    runner.work()

    assert counted == [("errand", "done"), ("errand", "put off")]
