"""Jobs that fail."""

from collections.abc import Callable

from infrastructure.database.engine import Database
from infrastructure.jobs import queue
from infrastructure.jobs.runner import ATTEMPTS, JobRunner
from provisioning.munki.errors import RepoUnusable
from tests.integration.clerk.errands import Errand, fail, left, said
from tests.integration.conftest import Clock


def test_what_fails_is_tried_again_later_and_later_and_then_given_up(
    clerk: JobRunner, owe: Callable[..., None], database: Database, clock: Clock, errand: Errand
) -> None:
    owe("one")
    errand.fault = fail
    for pause in (1, 2, 4):
        assert clerk.work()
        clock.advance(seconds=pause - 0.1)
        assert not clerk.work()
        clock.advance(seconds=0.2)
    assert clerk.work()

    assert len(errand.begun) == ATTEMPTS
    assert said(database) == ["gave up one: it failed 4 times: the paper is torn"]
    assert left(database) == 0


def test_a_fact_that_stays_is_not_tried_again(
    clerk: JobRunner, owe: Callable[..., None], database: Database, errand: Errand
) -> None:
    def refuse() -> None:
        raise RepoUnusable("it is a file")

    owe("one")
    errand.fault = refuse
    clerk.work()

    assert said(database) == ["gave up one: The Munki repo cannot be used: it is a file."]


def test_a_job_that_kills_clerks_is_given_up_without_killing_another(
    clerk: JobRunner, owe: Callable[..., None], database: Database, clock: Clock, errand: Errand
) -> None:
    owe("one")
    for number in range(ATTEMPTS):
        with database.begin() as session:
            assert queue.claim(session, f"victim {number}", clock())
        clock.advance(seconds=queue.LEASE.total_seconds() + 1)
    clerk.work()

    assert errand.begun == []
    assert said(database) == ["gave up one: it was begun 4 times and never ended"]


def test_a_job_of_a_kind_that_nobody_knows_waits_for_a_clerk_who_does(
    clerk: JobRunner, owe: Callable[..., None], database: Database
) -> None:
    owe("one", what="of the next release")
    owe("two")

    assert [clerk.work(), clerk.work()] == [True, False]
    assert said(database) == ["done two"]
    assert left(database) == 1


def test_what_cannot_be_recorded_leaves_nothing_behind_and_is_tried_again(
    clerk: JobRunner, owe: Callable[..., None], database: Database, clock: Clock, errand: Errand
) -> None:
    owe("one")
    errand.record_fault = fail
    assert clerk.work()
    assert said(database) == []

    errand.record_fault = lambda: None
    clock.advance(seconds=1)
    assert clerk.work()
    assert said(database) == ["done one"]
