"""Macs that are done, admins who edit their manifests, and a job runner that notices."""

import plistlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infrastructure.database.engine import Database
from infrastructure.jobs.runner import JobRunner
from rollcall.application import Application
from rollcall.settings import BotSettings, JobsSettings
from tests.fakes.slack import Workspace
from tests.support.acting import register
from tests.support.fixtures.doors import Clock, DeliverAll, Script

S, B = "included_manifests/sites", "included_manifests/builds"


class Fleet:
    """Macs that Alice registered for london/design and that are done."""

    def __init__(self, database: Database, script: Script, repo: Path) -> None:
        self._database, self._script, self._repo = database, script, repo

    def boot(self, *serials: str) -> None:
        """Register Macs on one card, and have them call."""
        register(self._database, *serials)
        for serial in serials:
            self.call(serial)

    def call(self, serial: str) -> None:
        """Have a Mac call for its manifest."""
        assert self._script.manifest(serial=serial).status_code == 200

    def path(self, serial: str) -> Path:
        """The file of a Mac's manifest."""
        return self._repo / "manifests" / serial

    def keys(self, serial: str) -> dict[str, Any]:
        """The keys of a Mac's manifest."""
        keys: dict[str, Any] = plistlib.loads(self.path(serial).read_bytes())
        return keys

    def edit(self, serial: str, **keys: Any) -> None:
        """Have an admin change keys of a Mac's manifest."""
        self.path(serial).write_bytes(plistlib.dumps({**self.keys(serial), **keys}))

    def send(self, serial: str, site: str, build: str) -> None:
        """Have an admin send a Mac elsewhere by its manifest alone."""
        includes = ["site_default", f"{S}/{site}", f"{B}/{build}"]
        self.edit(serial, included_manifests=includes)


@pytest.fixture
def policy(tmp_path: Path, slack: Workspace) -> Path:
    """A policy that keeps London and Paris to groups."""
    path = tmp_path / "rollcall.toml"
    path.write_text('[sites.london]\ngroup = "S0LONDON"\n[sites.paris]\ngroup = "S0PARIS"\n')
    slack.add_group("S0LONDON", handle="london", members=["U0ALICE", "U0BOB"])
    slack.add_group("S0PARIS", handle="paris", members=["U0ALICE"])
    return path


@pytest.fixture
def kept_to_groups(bot_settings: BotSettings, policy: Path) -> BotSettings:
    """A bot with that policy."""
    return bot_settings.model_copy(update={"policy": policy})


@pytest.fixture
def fleet(database: Database, script: Script, repo_folder: Path) -> Fleet:
    """Macs that are done."""
    return Fleet(database, script, repo_folder)


@pytest.fixture
def runner(jobs_settings: JobsSettings, database: Database, clock: Clock) -> JobRunner:
    """The job runner, which of all that it does from time to time only looks for drift."""
    application = Application(jobs_settings, database=database)
    tasks = [task for task in application.periodic_tasks if task.__name__ == "scan_for_drift"]
    assert tasks
    return JobRunner(database, application.job_handlers, tasks, clock=clock)


@pytest.fixture
def work(runner: JobRunner, clock: Clock, deliver_all: DeliverAll) -> Callable[..., None]:
    """Let time pass; the job runner does what it is there for, and Slack is told."""

    def pass_by(**time: float) -> None:
        clock.advance(**(time or {"minutes": 1}))
        for _ in range(2):
            runner.run_periodic()
            while runner.work():
                pass
            clock.advance(seconds=42)
        deliver_all()

    return pass_by
