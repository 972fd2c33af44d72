"""Jobs are done in their order, each once."""

import threading
from collections.abc import Callable

from infrastructure.database.engine import Database
from infrastructure.jobs import queue
from infrastructure.jobs.runner import JobRunner
from tests.integration.clerk.errands import Errand, left, said
from tests.integration.conftest import Clock


def test_jobs_are_done_in_their_order_and_then_gone(
    clerk: JobRunner, owe: Callable[..., None], database: Database
) -> None:
    owe("one", "two")

    assert [clerk.work() for _ in range(3)] == [True, True, False]
    assert said(database) == ["done one", "done two"]
    assert left(database) == 0


def test_a_job_waits_for_its_time(clerk: JobRunner, database: Database, clock: Clock) -> None:
    at = clock()
    with database.begin() as session:
        clock.advance(minutes=5)
        queue.owe(session, "errand", {"name": "one"}, at=clock())
    clock.now = at

    assert not clerk.work()
    clock.advance(minutes=5)
    assert clerk.work()


def test_many_clerks_do_each_job_once(
    hire: Callable[..., JobRunner], owe: Callable[..., None], database: Database, errand: Errand
) -> None:
    names = [f"job {number}" for number in range(12)]
    owe(*names)

    def work(clerk: JobRunner) -> None:
        while left(database):
            clerk.work()

    threads = [threading.Thread(target=work, args=(hire(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(errand.begun) == sorted(names)
    assert sorted(said(database)) == sorted(f"done {name}" for name in names)


def test_a_clerk_says_what_it_begins_and_how_long_that_may_take(
    database: Database, owe: Callable[..., None], errand: Errand, clock: Clock
) -> None:
    beats: list[tuple[str, float]] = []
    clerk = JobRunner(
        database,
        {"errand": errand},
        [],
        clock=clock,
        pulse=lambda doing="", longest=0: beats.append((doing, longest)),
    )
    owe("one")

    clerk.work()

    assert beats == [("busy with errand", 180)]
