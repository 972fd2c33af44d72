"""A machine whose clock was wrong, and is set right while Rollcall is down."""

from pathlib import Path

import pytest

from tests.fakes.slack import Workspace
from tests.journeys.operations.calls import confirmations, post
from tests.support.installation import Install
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

WITHIN = 90  # seconds, of a machine that does other things too; a clock's wait would be 91 hours
ROLES = ("server", "relay", "jobs")


@soak_only("all processes start twice; tests of each part hold what a clock may do to it")
@pytest.mark.parametrize("clock", ["+91h", "+20m", "-91h"])
def test_what_is_owed_is_said_within_seconds_and_once(
    tmp_path: Path,
    repo_folder: Path,
    slack: Workspace,
    install: Install,
    database_url: str,
    clock: str,
) -> None:
    with install(tmp_path, repo_folder, slack.api_url, database_url=database_url) as rollcall:
        rollcall.start(*ROLES, clock=clock)
        rollcall.wait_until_ready()
        assert post(rollcall.url, "C02AAA") == 200
        eventually(lambda: confirmations(slack) == ["C02AAA"], timeout=WITHIN)
        slack.faults.go_down()
        assert post(rollcall.url, "C02BBB") == 200
        eventually(lambda: "URLError" in rollcall.log.read_text(), timeout=WITHIN)
        rollcall.stop()

        slack.faults.come_back()
        rollcall.start(*ROLES)
        rollcall.wait_until_ready()
        assert post(rollcall.url, "C02CCC") == 200
        eventually(lambda: len(confirmations(slack)) == 3, timeout=WITHIN)
        rollcall.stop()

    assert confirmations(slack) == ["C02AAA", "C02BBB", "C02CCC"]
