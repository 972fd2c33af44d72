"""A desk with one Mac that may be exchanged."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from infrastructure.database.engine import Database
from infrastructure.jobs.runner import JobRunner
from rollcall.application import Application
from rollcall.settings import JobsSettings
from tests.bot.firstboot.replacements.desk import OLD, Desk
from tests.fakes.slack import Workspace
from tests.support.fixtures.doors import Clock, Script


@pytest.fixture
def desk(
    bot: Flask,
    slack: Workspace,
    database: Database,
    script: Script,
    repo_folder: Path,
    jobs_settings: JobsSettings,
    clock: Clock,
) -> Desk:
    """A desk with one confirmed Mac that has a name and entries of an admin's."""
    del bot
    # Macs' calls enqueue jobs by the real clock, which is ahead of ours on a slow machine.
    runner = JobRunner(
        database,
        Application(jobs_settings, database=database).job_handlers,
        [],
        clock=lambda: max(clock(), datetime.now(UTC)),
    )
    desk = Desk(slack, database, script, repo_folder, runner)
    desk.register(OLD, "london", "design", named="lab-07")
    assert desk.boot(OLD) == 200
    desk.edit(OLD, managed_installs=["Zoom"], notes="its own")
    clock.advance(minutes=1)  # what is asked for meanwhile is due at once
    return desk
