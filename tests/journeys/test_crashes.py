"""kill -9 at every step between request and message: nothing half written, lost or said twice."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.fakes.slack import Workspace
from tests.support.installation import CHANNEL, ROOT
from tests.support.soaking import soak_only

LINES = "a process is started and killed for each of some hundred lines"


def play(work: str, **settings: str) -> dict[str, Any]:
    """Have `work` killed at its lines, in a process of its own."""
    given = json.dumps({**settings, "every": "1"})
    command = [sys.executable, "-m", "tests.support.running.crashing.messages", work, given]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return dict(json.loads(ended.stdout.splitlines()[-1]))


@soak_only(LINES)
def test_a_server_may_die_at_any_line_of_a_macs_call(sqlite_url: str, repo_folder: Path) -> None:
    """The script calls again; then there is one manifest, whole, and one confirmation."""
    seen = play("call", database_url=sqlite_url, repo=str(repo_folder))

    assert seen["problems"] == []
    assert seen["kills"] >= 640


@soak_only(LINES)
def test_a_relay_may_die_at_any_line_of_a_delivery(sqlite_url: str, slack: Workspace) -> None:
    """The next relay asks Slack, and says what was not said."""
    slack.pace.rate = None
    slack.tiers.per_minute.clear()  # every second kill has Slack asked, some hundred times
    seen = play("delivery", database_url=sqlite_url, api_url=slack.api_url)

    assert seen["problems"] == []
    assert seen["kills"] >= 200
    said = Counter(
        message.text.split(": ")[2].split(" This")[0]
        for message in slack.channels[CHANNEL].messages
    )
    assert set(said.values()) == {1}
    assert len(said) == 1 + seen["kills"] + 1, "one before, each killed one, one undisturbed"
