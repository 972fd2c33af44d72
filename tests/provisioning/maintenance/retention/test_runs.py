"""Runs of the retention: small steps, once a day, that go on after a crash."""

from datetime import datetime, timedelta
from functools import partial
from itertools import count

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from infrastructure.jobs.models import Job, LastRun
from infrastructure.jobs.runner import JobRunner
from provisioning.imports.models import DROPPED, READ, Import, ImportEdit, ImportRow
from provisioning.maintenance.retention.job import RETENTION, RetentionJob, RunProgress
from provisioning.maintenance.retention.periods import (
    MAX_AHEAD,
    Retention,
    count_until,
    counted_until,
)
from provisioning.maintenance.retention.sweeps import BATCH_SIZE, DELETED_IMPORTS
from provisioning.munki import WriteResult, revisions
from provisioning.outbox.models import ANSWER, CARD, NEWS, PENDING, SENT, Notification
from rollcall.parts import jobs
from tests.support.databases.retention import retain, work_retention
from tests.support.fixtures.doors import NOON

DAY = timedelta(days=1)
LATER = NOON + timedelta(days=200)
MANY = 2 * BATCH_SIZE + 1


def said(database: Database, number: int, *, at: datetime = NOON, **more: object) -> None:
    """Have Slack have some messages."""
    row = {"key": "k", "channel": "C0", "kind": NEWS, "facts": {}, "state": SENT}
    with database.begin() as session:
        values = {**row, "occurred_at": at, "settled_at": at, **more}
        session.execute(insert(Notification), [values] * number)


def left(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(Notification.id))) or 0


class Clock:
    """A clock that is over after so many looks at it."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def __call__(self) -> float:
        self.looks -= 1
        return 0.0 if self.looks >= 0 else 100.0


def test_each_step_is_a_transaction_of_its_own_with_few_rows(database: Database) -> None:
    said(database, MANY)
    seen = []

    job = RetentionJob(
        database, Retention(), sleep=lambda _: seen.append(left(database)), clock=lambda: 0.0
    )
    job.do(RunProgress(LATER).to_json())

    assert seen[:3] == [MANY - BATCH_SIZE, 1, 0]


def test_a_run_goes_on_where_it_was_and_ends_with_a_line_in_the_log(database: Database) -> None:
    said(database, MANY)
    said(database, 1, state=PENDING, settled_at=None)
    with database.begin() as session:
        jobs.prune_daily(session, LATER - DAY)
        jobs.prune_daily(session, LATER)
    moments = (LATER + timedelta(seconds=10 * number) for number in count())
    runs = 0
    with capture_logs() as logs:
        while waits(database):
            runs += 1
            job = RetentionJob(database, Retention(), sleep=lambda _: None, clock=Clock(3))
            assert JobRunner(database, {RETENTION: job}, [], clock=partial(next, moments)).work()

    assert runs > 2
    assert left(database) == 1
    [line] = [each for each in logs if each["event"] == "old rows deleted"]
    assert line["messages"] == MANY
    assert datetime.fromisoformat(line["until"]) == LATER


def waits(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(Job.id))) or 0


def test_a_killed_run_is_repeated_without_harm(database: Database) -> None:
    said(database, MANY)
    job = RetentionJob(database, Retention(), sleep=lambda _: None, clock=Clock(2))
    job.do(RunProgress(LATER).to_json())  # what it would record is lost
    assert left(database) == MANY - BATCH_SIZE

    retain(database, LATER)

    assert left(database) == 0


def test_there_is_one_run_at_a_time(database: Database) -> None:
    for days in range(4):
        with database.begin() as session:
            jobs.prune_daily(session, NOON + days * DAY)

    assert waits(database) == 1
    work_retention(database, LATER)
    assert waits(database) == 0


@pytest.mark.postgresql
def test_answers_that_were_given_once_are_forgotten_and_what_is_for_ever_is_not(
    database: Database,
) -> None:
    said(database, 1, kind=ANSWER, once="message:C0:1.2")
    said(database, 1, once="complaint:C0:1.2")
    said(database, 1, once="adopted 1")

    retain(database, LATER, Retention(messages=None))
    assert left(database) == 3
    retain(database, LATER)

    with database.reading() as session:
        assert list(session.scalars(select(Notification.once))) == ["adopted 1"]


def test_large_imports_go_a_few_at_a_time(database: Database) -> None:
    row = {"by": "U0BOB", "via": "file", "state": DROPPED, "sources": [], "reading": {"a": 1}}
    with database.begin() as session:
        values = {**row, "created_at": NOON, "settled_at": NOON}
        session.execute(insert(Import), [values] * (DELETED_IMPORTS + 1))
    seen: list[int] = []

    def look(_: float) -> None:
        with database.reading() as session:
            held = select(func.count(Import.id)).where(Import.reading.is_not(None))
            seen.append(session.scalar(held) or 0)

    RetentionJob(database, Retention(), sleep=look, clock=lambda: 0.0).do(
        RunProgress(LATER).to_json()
    )

    assert [number for number in seen if number <= 1][:2] == [1, 0]


def test_the_choices_for_an_import_that_is_open_stay(database: Database) -> None:
    row = {"by": "U0BOB", "via": "file", "sources": [], "reading": {"a": 1}, "created_at": NOON}
    expired, kept = {"id": 1, "state": DROPPED, "settled_at": NOON}, {"id": 2, "state": READ}
    by_bob = [{"import_id": number, "by": "U0BOB", "at": NOON} for number in (1, 2)]
    with database.begin() as session:
        session.add_all([Import(**row, **expired), Import(**row, **kept)])
        session.flush()
        session.add_all([ImportRow(**each, number=0, version=1) for each in by_bob])
        session.add_all([ImportEdit(**each, before=[]) for each in by_bob])

    retain(database, LATER)

    with database.reading() as session:
        assert [*session.scalars(select(ImportRow.import_id))] == [2]
        assert [*session.scalars(select(ImportEdit.import_id))] == [2]


def test_the_drawings_of_cards_are_kept_for_two_days(database: Database) -> None:
    for days in (1, 3):
        said(database, 1, kind=CARD, at=LATER - days * DAY)

    retain(database, LATER)

    assert left(database) == 1


# A clock that is wrong


def begin(database: Database, *moments: datetime) -> None:
    """Have days begin by a clock that says this, and do what is then enqueued."""
    for now in moments:
        with database.begin() as session:
            jobs.prune_daily(session, now)
        work_retention(database, now)


def until(database: Database) -> datetime | None:
    with database.reading() as session:
        return counted_until(session)


@pytest.mark.postgresql(instead=True)
def test_a_clock_in_the_year_2090_deletes_two_days_more_and_not_everything(
    database: Database,
) -> None:
    begin(database, NOON, NOON + DAY)
    said(database, 1, at=NOON - 80 * DAY)
    said(database, 1, at=NOON - 88 * DAY)

    begin(database, datetime(2090, 1, 1, tzinfo=NOON.tzinfo))

    assert until(database) == NOON + DAY + MAX_AHEAD
    assert left(database) == 1


@pytest.mark.postgresql(soak=True)
def test_the_first_run_ever_goes_by_the_newest_row_that_work_left(database: Database) -> None:
    with database.begin() as session:
        for days in (0, 5):
            change(session, "C02AAAA", NOON + days * DAY)

    begin(database, datetime(2090, 1, 1, tzinfo=NOON.tzinfo))
    begin(database, datetime(2090, 1, 2, 1, tzinfo=NOON.tzinfo))

    assert until(database) == NOON + 5 * DAY + MAX_AHEAD


def change(session: Session, name: str, at: datetime) -> None:
    """Change a manifest."""
    written = WriteResult(True, "", b"before", b"after")
    revisions.record(session, name, written, at=at, via=revisions.API)


def test_retention_goes_on_by_the_right_clock_as_if_nothing_had_been(database: Database) -> None:
    begin(database, NOON, NOON + DAY, datetime(2090, 1, 1, tzinfo=NOON.tzinfo))
    with database.begin() as session:  # as clock_correction does
        session.get_one(LastRun, "pruning").at = NOON + DAY

    begin(database, NOON + 2 * DAY, NOON + 3 * DAY, NOON + 4 * DAY)

    assert until(database) == NOON + 4 * DAY


def test_after_a_summer_without_a_run_it_follows_by_two_days_a_day(database: Database) -> None:
    autumn = NOON + 30 * DAY

    def run(session: Session, day: int) -> datetime:
        return count_until(session, autumn + day * DAY)

    with database.begin() as session:
        count_until(session, NOON)
        counted = [run(session, day) for day in range(40)]

    assert counted[0] == NOON + MAX_AHEAD
    assert counted[20] == NOON + 21 * MAX_AHEAD
    assert counted[-1] == autumn + 39 * DAY
