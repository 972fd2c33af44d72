"""A container that does not start, in one sentence."""

from pathlib import Path

from tests.fakes.slack import Workspace
from tests.support.installation import Installation


def test_a_container_that_could_not_hear_slack_says_so(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    with Installation(tmp_path, repo_folder, slack.api_url) as rollcall:
        ended = rollcall.run()

    assert ended.returncode == 1
    assert "set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET" in ended.stderr
