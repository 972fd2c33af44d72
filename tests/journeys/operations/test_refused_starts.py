"""Settings with which nothing starts, each in one sentence."""

from pathlib import Path

from tests.fakes.slack import Workspace
from tests.support.installation import SECRET_KEY, Installation


def test_every_setting_that_is_missing_is_named_at_the_start(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    with Installation(tmp_path, repo_folder, slack.api_url) as rollcall:
        for name in ("BOOTSTRAP_URL", "BOOTSTRAP_PASSWORD", "ROLLCALL_CHANNEL"):
            del rollcall.environment[name]
        ended = rollcall.run("server")

    assert ended.returncode == 1
    for name in ("BOOTSTRAP_URL", "BOOTSTRAP_PASSWORD", "ROLLCALL_CHANNEL"):
        assert f"{name} is not set: " in ended.stderr
    assert "Traceback" not in ended.stderr
    assert SECRET_KEY not in ended.stderr


def test_a_container_that_could_not_hear_slack_says_so(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    with Installation(tmp_path, repo_folder, slack.api_url) as rollcall:
        ended = rollcall.run()

    assert ended.returncode == 1
    assert "set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET" in ended.stderr
