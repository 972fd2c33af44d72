"""The job runner looks for Macs that fell silent."""

from pathlib import Path

from infrastructure.database.engine import Database
from infrastructure.jobs.runner import JobRunner
from rollcall.application import Application
from tests.fakes.slack import Workspace
from tests.provisioning.firstboot.stalls.silence import Floor
from tests.support.fixtures.doors import Clock
from tests.support.running import settings


def test_a_round_of_the_job_runner_notices_a_mac_that_fell_silent(
    floor: Floor, clock: Clock, repo_folder: Path, slack: Workspace, database: Database
) -> None:
    given = settings.jobs_settings(repo_folder, slack.api_url, slack.app.bot_token)
    tasks = Application(given, database=database).periodic_tasks
    floor.registers("C02AAA")
    floor.says("C02AAA")
    clock.advance(hours=5)

    JobRunner(database, {}, tasks, clock=clock).run_periodic()

    assert floor.mac("C02AAA").mentioned_at == clock()
