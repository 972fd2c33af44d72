"""Processes that die while a Mac is replaced: the job is repeated, and does the same once."""

from pathlib import Path

from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.jobs import queue
from infrastructure.jobs.models import Job
from provisioning.firstboot.replacements.models import MAC
from tests.bot.firstboot.replacements.desk import NEW, OLD, Desk
from tests.support.fixtures.doors import Clock


def test_a_job_whose_runner_died_is_done_by_the_next_one(
    desk: Desk, database: Database, clock: Clock
) -> None:
    former = desk.manifest(OLD)
    desk.exchange(MAC)
    with database.begin() as session:
        assert queue.claim(session, "a runner that dies", clock()) is not None
    desk.work()
    assert desk.manifest(NEW) is None

    clock.advance(minutes=5)
    desk.work()

    assert (desk.manifest(OLD), desk.manifest(NEW)) == (None, former)


def test_a_copy_that_was_written_but_not_recorded_is_recorded_by_the_next_attempt(
    desk: Desk, repo_folder: Path
) -> None:
    former = desk.manifest(OLD)
    message = desk.replace("replace_mac", "replace_keep")
    copied = repo_folder / "manifests" / NEW
    copied.write_bytes((repo_folder / "manifests" / OLD).read_bytes())  # as it was left

    desk.work()

    assert desk.last_revision(NEW) == (None, former)
    desk.undo(message)
    desk.work()
    assert desk.manifest(NEW) is None


def test_a_job_that_is_done_twice_changes_nothing_more(
    desk: Desk, database: Database, clock: Clock
) -> None:
    desk.exchange(MAC)
    with database.reading() as session:
        job = session.scalars(select(Job)).one()
    desk.work()
    manifests = desk.manifest(OLD), desk.manifest(NEW)

    with database.begin() as session:
        queue.enqueue(session, job.what, job.facts, at=clock())
    desk.work()

    assert (desk.manifest(OLD), desk.manifest(NEW)) == manifests
