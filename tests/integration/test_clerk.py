"""The clerk does each job once, whoever dies meanwhile, and goes round whatever one duty does."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bot.clerk import ATTEMPTS, Clerk, Record, Round
from provisioning import jobs, notifications
from provisioning.database import Database
from provisioning.errors import RepoUnusable
from provisioning.models import Job, Notification
from tests.integration.conftest import Clock
from tests.support.installation import ROOT

Fault = Callable[[], object]


class Errand:
    """Work that leaves a notification for each time it was done or given up."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.fault: Fault = lambda: None
        self.record_fault: Fault = lambda: None

    def do(self, facts: dict[str, Any]) -> Record:
        self.begun.append(facts["name"])
        self.fault()
        return self._told(f"done {facts['name']}")

    def give_up(self, facts: dict[str, Any], reason: str) -> Record:
        return self._told(f"gave up {facts['name']}: {reason}")

    def _told(self, sentence: str) -> Record:
        def record(session: Session, now: datetime) -> None:
            notifications.owe_news(session, channel="C0IMAGING", sentence=sentence, at=now)
            self.record_fault()

        return record


@pytest.fixture
def errand() -> Errand:
    return Errand()


@pytest.fixture
def hire(database: Database, clock: Clock, errand: Errand) -> Callable[..., Clerk]:
    """More clerks on the same database, at the same clock."""

    def hired(*rounds: Round) -> Clerk:
        return Clerk(database, {"errand": errand}, rounds, clock=clock)

    return hired


@pytest.fixture
def clerk(hire: Callable[..., Clerk]) -> Clerk:
    return hire()


@pytest.fixture
def owe(database: Database, clock: Clock) -> Callable[..., None]:
    def owed(*names: str, what: str = "errand") -> None:
        with database.begin() as session:
            for name in names:
                jobs.owe(session, what, {"name": name}, at=clock())

    return owed


def said(database: Database) -> list[str]:
    with database.reading() as session:
        rows = session.scalars(select(Notification.facts).order_by(Notification.id))
        return [facts["sentence"] for facts in rows]


def left(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Job)) or 0


def fail() -> None:
    raise ValueError("the paper is torn")


def test_jobs_are_done_in_their_order_and_then_gone(
    clerk: Clerk, owe: Callable[..., None], database: Database
) -> None:
    owe("one", "two")

    assert [clerk.work() for _ in range(3)] == [True, True, False]
    assert said(database) == ["done one", "done two"]
    assert left(database) == 0


def test_a_job_waits_for_its_time(clerk: Clerk, database: Database, clock: Clock) -> None:
    at = clock()
    with database.begin() as session:
        clock.advance(minutes=5)
        jobs.owe(session, "errand", {"name": "one"}, at=clock())
    clock.now = at

    assert not clerk.work()
    clock.advance(minutes=5)
    assert clerk.work()


def test_many_clerks_do_each_job_once(
    hire: Callable[..., Clerk], owe: Callable[..., None], database: Database, errand: Errand
) -> None:
    names = [f"job {number}" for number in range(12)]
    owe(*names)

    def work(clerk: Clerk) -> None:
        while left(database):
            clerk.work()

    threads = [threading.Thread(target=work, args=(hire(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(errand.begun) == sorted(names)
    assert sorted(said(database)) == sorted(f"done {name}" for name in names)


def test_a_job_that_somebody_has_is_left_alone_until_the_lease_runs_out(
    clerk: Clerk, owe: Callable[..., None], database: Database, clock: Clock
) -> None:
    owe("one")
    with database.begin() as session:
        assert jobs.claim(session, "one who was killed", clock())

    assert not clerk.work()
    clock.advance(seconds=jobs.LEASE.total_seconds() + 1)
    assert clerk.work()
    assert said(database) == ["done one"]


DEADLY = """
import os, signal, sys
from bot.clerk import Clerk
from provisioning.database import Database

class Deadly:
    def do(self, facts):
        os.kill(os.getpid(), signal.SIGKILL)

Clerk(Database(sys.argv[1]), {"errand": Deadly()}, ()).work()
"""


def test_a_job_whose_clerk_was_killed_is_done_by_the_next(
    clerk: Clerk,
    owe: Callable[..., None],
    database: Database,
    database_url: str,
    clock: Clock,
) -> None:
    owe("one")
    died = subprocess.run([sys.executable, "-c", DEADLY, database_url], cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL

    assert not clerk.work()
    clock.advance(seconds=jobs.LEASE.total_seconds() + 60)
    assert clerk.work()
    assert said(database) == ["done one"]


def test_a_clerk_that_was_thought_dead_records_nothing(
    clerk: Clerk,
    hire: Callable[..., Clerk],
    owe: Callable[..., None],
    database: Database,
    clock: Clock,
    errand: Errand,
) -> None:
    owe("one")

    def sleep() -> None:
        errand.fault = lambda: None
        clock.advance(seconds=jobs.LEASE.total_seconds() + 1)
        assert hire().work()

    errand.fault = sleep
    clerk.work()

    assert errand.begun == ["one", "one"]
    assert said(database) == ["done one"]
    assert left(database) == 0


def test_a_clerk_that_was_thought_dead_does_not_put_off_what_another_has(
    clerk: Clerk, owe: Callable[..., None], database: Database, clock: Clock, errand: Errand
) -> None:
    owe("one")

    def sleep_and_fail() -> None:
        clock.advance(seconds=jobs.LEASE.total_seconds() + 1)
        with database.begin() as session:
            assert jobs.claim(session, "another", clock())
        fail()

    errand.fault = sleep_and_fail
    clerk.work()

    with database.reading() as session:
        assert session.scalars(select(Job.holder)).all() == ["another"]


def test_what_fails_is_tried_again_later_and_later_and_then_given_up(
    clerk: Clerk, owe: Callable[..., None], database: Database, clock: Clock, errand: Errand
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
    clerk: Clerk, owe: Callable[..., None], database: Database, errand: Errand
) -> None:
    def refuse() -> None:
        raise RepoUnusable("it is a file")

    owe("one")
    errand.fault = refuse
    clerk.work()

    assert said(database) == ["gave up one: The Munki repo cannot be used: it is a file."]


def test_a_job_that_kills_clerks_is_given_up_without_killing_another(
    clerk: Clerk, owe: Callable[..., None], database: Database, clock: Clock, errand: Errand
) -> None:
    owe("one")
    for number in range(ATTEMPTS):
        with database.begin() as session:
            assert jobs.claim(session, f"victim {number}", clock())
        clock.advance(seconds=jobs.LEASE.total_seconds() + 1)
    clerk.work()

    assert errand.begun == []
    assert said(database) == ["gave up one: it was begun 4 times and never ended"]


def test_a_job_of_a_kind_that_nobody_knows_waits_for_a_clerk_who_does(
    clerk: Clerk, owe: Callable[..., None], database: Database
) -> None:
    owe("one", what="of the next release")
    owe("two")

    assert [clerk.work(), clerk.work()] == [True, False]
    assert said(database) == ["done two"]
    assert left(database) == 1


def test_what_cannot_be_recorded_leaves_nothing_behind_and_is_tried_again(
    clerk: Clerk, owe: Callable[..., None], database: Database, clock: Clock, errand: Errand
) -> None:
    owe("one")
    errand.record_fault = fail
    assert clerk.work()
    assert said(database) == []

    errand.record_fault = lambda: None
    clock.advance(seconds=1)
    assert clerk.work()
    assert said(database) == ["done one"]


def test_rounds_are_made_every_ten_seconds(hire: Callable[..., Clerk], clock: Clock) -> None:
    made: list[datetime] = []
    clerk = hire(lambda _, now: made.append(now))
    for _ in range(25):
        clerk.look_round()
        clock.advance(seconds=1)

    assert len(made) == 3


def test_a_duty_that_fails_keeps_neither_the_others_nor_anything_it_wrote(
    hire: Callable[..., Clerk], database: Database
) -> None:
    def say(sentence: str) -> Round:
        def said(session: Session, now: datetime) -> None:
            notifications.owe_news(session, channel="C0IMAGING", sentence=sentence, at=now)

        return said

    def broken(session: Session, now: datetime) -> None:
        say("half done")(session, now)
        fail()

    def misspelt(session: Session, _: datetime) -> None:
        session.execute(text("SELECT nothing FROM nowhere"))

    hire(broken, misspelt, say("all well")).look_round()

    assert said(database) == ["all well"]


def test_it_works_until_it_is_told_to_stop(
    clerk: Clerk, owe: Callable[..., None], database: Database
) -> None:
    owe("one", "two")
    stop = threading.Event()
    thread = threading.Thread(target=clerk.run, args=(stop,))
    thread.start()
    while left(database):
        pass
    stop.set()
    thread.join(timeout=5)

    assert not thread.is_alive()
    assert said(database) == ["done one", "done two"]
