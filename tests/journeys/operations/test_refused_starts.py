"""A container that does not start, in one sentence."""

import re
from pathlib import Path

from tests.fakes.slack import Workspace
from tests.support.installation import Installation


def test_a_container_that_could_not_hear_slack_says_so(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    with Installation(tmp_path, repo_folder, slack.api_url) as rollcall:
        ended = rollcall.run()

    assert ended.returncode == 1
    assert re.search("SLACK_APP_TOKEN: .* Socket Mode; or SLACK_SIGNING_SECRET", ended.stderr)
