"""The rounds of a job runner."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.jobs.runner import JobRunner, PeriodicTask
from provisioning.outbox import outbox
from tests.infrastructure.jobs.errands import fail, left, said
from tests.support.fixtures.doors import Clock
from tests.support.tables import for_each
from tests.support.waiting import eventually

Hire = Callable[..., JobRunner]

pytestmark = pytest.mark.postgresql(instead=True)


def test_rounds_are_made_every_ten_seconds(hire: Hire, clock: Clock) -> None:
    made: list[datetime] = []
    runner = hire(lambda _, now: made.append(now))
    for _ in range(25):
        runner.run_periodic()
        clock.advance(seconds=1)

    assert len(made) == 3


def test_a_duty_that_fails_keeps_neither_the_others_nor_anything_it_wrote(
    hire: Hire, database: Database
) -> None:
    def say(sentence: str) -> PeriodicTask:
        def said(session: Session, now: datetime) -> None:
            outbox.enqueue_news(session, channel="C0IMAGING", sentence=sentence, at=now)

        return said

    def broken(session: Session, now: datetime) -> None:
        say("half done")(session, now)
        fail()

    def misspelt(session: Session, _: datetime) -> None:
        session.execute(text("SELECT nothing FROM nowhere"))

    hire(broken, misspelt, say("all well")).run_periodic()

    assert said(database) == ["all well"]


def test_a_job_runner_works_until_it_is_told_to_stop(
    runner: JobRunner, enqueue: Callable[..., None], database: Database
) -> None:
    enqueue("one", "two")
    stop = threading.Event()
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()
    try:
        eventually(lambda: not left(database))
    finally:
        stop.set()
    thread.join(timeout=30)

    assert not thread.is_alive()
    assert said(database) == ["done one", "done two"]


@for_each("kind", [OperationalError, InternalError])
def test_a_database_that_is_away_or_reads_only_is_a_line_for_each_task_without_a_traceback(
    kind: type[DBAPIError], hire: Hire
) -> None:
    def away(*_: object) -> None:
        raise kind("BEGIN", None, Exception("server closed the connection"))

    with structlog.testing.capture_logs() as lines:
        hire(away).run_periodic()

    [line] = [line for line in lines if line["event"] == "periodic task failed"]
    assert (line["task"], line["log_level"]) == ("away", "error")
    assert "server closed the connection" in line["reason"]
    assert "exc_info" not in line
