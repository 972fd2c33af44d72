"""Jobs that fail."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from infrastructure.jobs import queue
from infrastructure.jobs.models import Job
from infrastructure.jobs.runner import ATTEMPTS, JobRunner
from provisioning.munki.errors import ManifestUnreadable, RepoUnusable
from tests.infrastructure.jobs.conftest import Enqueue
from tests.infrastructure.jobs.errands import Errand, fail, left, said
from tests.support.fixtures.doors import Clock

pytestmark = pytest.mark.postgresql(instead=True)


SPOILT = ("{}", "[]", "null", '"x"')  # facts that no release of ours writes
NO_JSON = ("", "x", "[" * 5000 + "]" * 5000)  # nor PostgreSQL takes, or Python reads


def spoil(session: Session) -> None:
    """Write other facts into all jobs, as a hand would."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    value = "CAST(:facts AS json)" if is_postgresql else ":facts"
    spoilt = SPOILT if is_postgresql else SPOILT + NO_JSON
    for number, job in enumerate(session.scalars(select(Job.id)).all()):
        facts = {"facts": spoilt[number % len(spoilt)], "job": job}
        session.execute(text(f"UPDATE jobs SET facts = {value} WHERE id = :job"), facts)


def test_what_fails_is_tried_again_later_and_later_and_then_given_up(
    runner: JobRunner, enqueue: Enqueue, database: Database, clock: Clock, errand: Errand
) -> None:
    enqueue("one")
    errand.fault = fail
    with capture_logs() as lines:
        for pause in (1, 2, 4):
            assert runner.work()
            clock.advance(seconds=pause - 0.1)
            assert not runner.work()
            clock.advance(seconds=0.2)
        assert runner.work()

    outcomes = [line["outcome"] for line in lines if line["event"] == "job"]
    assert outcomes == ["put off", "put off", "put off", "done"]
    assert len(errand.begun) == ATTEMPTS
    assert said(database) == ["gave up one: it failed 4 times: the paper is torn"]
    assert left(database) == 0


def test_a_fact_that_stays_is_not_tried_again(
    runner: JobRunner, enqueue: Enqueue, database: Database, errand: Errand
) -> None:
    def refuse() -> None:
        raise ManifestUnreadable("C02", "it is a file")

    enqueue("one")
    errand.fault = refuse
    runner.work()

    (told,) = said(database)
    assert told.startswith("gave up one: The manifest C02 in the Munki repo cannot be read")


def test_an_error_of_ours_that_may_pass_is_tried_again(
    runner: JobRunner, enqueue: Enqueue, database: Database, clock: Clock, errand: Errand
) -> None:
    def miss() -> None:
        raise RepoUnusable("there is no folder")

    enqueue("one")
    errand.fault = miss
    runner.work()
    assert (said(database), left(database)) == ([], 1)

    errand.fault = lambda: None
    clock.advance(seconds=1)
    runner.work()
    assert said(database) == ["done one"]


@pytest.mark.postgresql(soak=True)
def test_a_job_that_kills_job_runners_is_given_up_without_killing_another(
    runner: JobRunner, enqueue: Enqueue, database: Database, clock: Clock, errand: Errand
) -> None:
    enqueue("one")
    for number in range(ATTEMPTS):
        with database.begin() as session:
            assert queue.claim(session, f"victim {number}", clock())
        clock.advance(seconds=queue.LEASE.total_seconds() + 1)
    runner.work()

    assert errand.begun == []
    assert said(database) == ["gave up one: it was begun 4 times and never ended"]


@pytest.mark.postgresql(soak=True)
def test_a_job_whose_facts_are_spoilt_ends_and_those_behind_it_are_done(
    runner: JobRunner, enqueue: Enqueue, database: Database, clock: Clock
) -> None:
    enqueue(*map(str, SPOILT + NO_JSON))
    with database.begin() as session:
        spoil(session)
    enqueue("one")
    for _ in range(ATTEMPTS):
        while runner.work():
            pass
        clock.advance(minutes=1)

    assert said(database) == ["done one"]
    assert left(database) == 0


@pytest.mark.postgresql(instead=True)
def test_a_job_of_a_kind_that_nobody_knows_waits_for_a_job_runner_who_does(
    runner: JobRunner, enqueue: Enqueue, database: Database
) -> None:
    enqueue("one", what="of the next release")
    enqueue("two")

    assert [runner.work(), runner.work()] == [True, False]
    assert said(database) == ["done two"]
    assert left(database) == 1


def test_what_cannot_be_recorded_leaves_nothing_behind_and_is_tried_again(
    runner: JobRunner, enqueue: Enqueue, database: Database, clock: Clock, errand: Errand
) -> None:
    enqueue("one")
    errand.record_fault = fail
    assert runner.work()
    assert said(database) == []

    errand.record_fault = lambda: None
    clock.advance(seconds=1)
    assert runner.work()
    assert said(database) == ["done one"]


def test_what_the_database_does_not_take_is_not_done(
    runner: JobRunner, enqueue: Enqueue, database: Database, errand: Errand
) -> None:
    """The runner's loop says so and waits; the job is begun again after its lease."""

    def break_off() -> None:
        raise OperationalError("", {}, Exception("the server closed the connection"))

    enqueue("one")
    errand.record_fault = break_off
    with pytest.raises(OperationalError):
        runner.work()

    assert said(database) == []
    assert left(database) == 1
