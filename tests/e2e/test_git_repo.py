"""A Munki repo in git, from a Mac's first boot to the commit, with nothing but real processes."""

import plistlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gits import Remote
from tests.support.installation import CHANNEL, Installation
from tests.support.slack import Workspace
from tests.support.waiting import eventually

MAC = "C02XG0FDJGH5"


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """A git remote with the sample repo in it."""
    return Remote(tmp_path / "git")


@pytest.fixture
def rollcall(tmp_path: Path, remote: Remote, slack: Workspace) -> Iterator[Installation]:
    """Everything in one container; its Munki repo is the remote."""
    settings = {
        "SLACK_SIGNING_SECRET": "signing-secret-of-the-stand-in",
        "MUNKI_REPO": remote.url,
        "ROLLCALL_REPO_COPY": str(tmp_path / "munki-copy"),
    }
    with Installation(tmp_path, tmp_path, slack.api_url, settings=settings) as installation:
        installation.start()
        installation.wait_until_ready(60)
        slack.connect_http(f"{installation.url}/slack/events")
        yield installation


def test_a_mac_that_boots_is_a_commit_that_says_who_wanted_it(
    rollcall: Installation, remote: Remote, slack: Workspace
) -> None:
    technician = slack.person("U0ALICE", name="alice")
    reply = technician.slash("/mac", f"register {MAC} london design", channel=CHANNEL)
    assert "Registered 1 Mac" in reply.text

    ended = rollcall.mac(MAC).boot("paris", "basic")

    assert ended.code == 0, ended.output
    manifest = plistlib.loads(remote.read(f"manifests/{MAC}") or b"")
    assert "included_manifests/sites/london" in manifest["included_manifests"]
    sentence, author, committer = remote.log("%s|%an|%cn")[0].split("|")
    assert MAC in sentence
    assert "london/design" in sentence
    assert author
    assert committer == "Rollcall"
    eventually(lambda: len(slack.channels[CHANNEL].messages) == 2)


def test_a_remote_that_refuses_keeps_the_mac_asking_and_says_so(
    rollcall: Installation, remote: Remote, tmp_path: Path
) -> None:
    remote.hook("pre-receive", "echo 'frozen until Monday'; exit 1")
    mac = rollcall.mac(MAC)
    script = mac.prepare(mac.fetch("london", "design"))

    with mac.started(script, tmp_path) as process:
        eventually(lambda: "frozen until Monday" in rollcall.log.read_text())
        assert process.poll() is None, "it goes on asking"

        (remote.path / "hooks/pre-receive").unlink()
        assert process.wait(timeout=30) == 0
    assert remote.read(f"manifests/{MAC}")
