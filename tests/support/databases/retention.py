"""The retention, run by a test at once, without its pauses."""

from datetime import datetime

from infrastructure.database.engine import Database
from infrastructure.jobs.runner import JobRunner
from provisioning.maintenance.retention.job import RETENTION, RetentionJob, RunProgress
from provisioning.maintenance.retention.periods import Retention

USUAL = Retention()


def retain(database: Database, until: datetime, kept: Retention = USUAL) -> None:
    """Delete all that is spent at the moment `until`."""
    job = RetentionJob(database, kept, sleep=lambda _: None, clock=lambda: 0.0)
    record = job.do(RunProgress(until).to_json())
    with database.begin() as session:
        record(session, until)


def work_retention(database: Database, now: datetime) -> None:
    """Do the run that is enqueued, if there is one."""
    job = RetentionJob(database, USUAL, sleep=lambda _: None, clock=lambda: 0.0)
    while JobRunner(database, {RETENTION: job}, [], clock=lambda: now).work():
        pass
