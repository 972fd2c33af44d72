"""A Munki repo in git, from a Mac's first boot to the commit, with nothing but real processes."""

import plistlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.git.remote import Remote
from tests.fakes.slack import Workspace
from tests.support.installation import CHANNEL, Install, Installation
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

pytestmark = soak_only(
    "the contract of stores, the tests of git beside it, and the journey of the first Mac have it"
)


@pytest.fixture(scope="module")
def slack() -> Iterator[Workspace]:
    """A stand-in Slack with the channel that hears of everything."""
    with Workspace() as workspace:
        workspace.add_channel(CHANNEL, name="imaging")
        yield workspace


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Remote:
    """A git remote with the sample repo in it."""
    return Remote(tmp_path_factory.mktemp("remote"))


@pytest.fixture(scope="module")
def rollcall(
    tmp_path_factory: pytest.TempPathFactory, remote: Remote, slack: Workspace, install: Install
) -> Iterator[Installation]:
    """A server that hears Slack over HTTP; its Munki repo is the remote."""
    folder = tmp_path_factory.mktemp("cloned")
    settings = {
        "SLACK_SIGNING_SECRET": slack.app.signing_secret,
        "MUNKI_REPO": remote.url,
        "ROLLCALL_REPO_COPY": str(folder / "munki-copy"),
    }
    with install(folder, folder, slack.api_url, settings=settings) as installation:
        installation.start("server")
        installation.wait_until_ready(60)
        slack.connect_http(f"{installation.url}/slack/events")
        yield installation


def test_a_mac_that_boots_is_a_commit_that_says_who_wanted_it(
    rollcall: Installation, remote: Remote, slack: Workspace
) -> None:
    mac = "C02XG0FDJGH5"
    technician = slack.person("U0ALICE", name="alice")
    reply = technician.slash("/mac", f"register {mac} london design", channel=CHANNEL)
    assert f"Registered `{mac}`" in reply.text

    ended = rollcall.mac(mac).boot("paris", "basic")

    assert ended.code == 0, ended.output
    manifest = plistlib.loads(remote.read(f"manifests/{mac}") or b"")
    assert "included_manifests/sites/london" in manifest["included_manifests"]
    sentence, author, committer = remote.log("%s|%an|%cn")[0].split("|")
    assert mac in sentence
    assert "london/design" in sentence
    assert author
    assert committer == "Rollcall"
    assert rollcall.owed_confirmations() == [mac]


def test_a_remote_that_refuses_keeps_the_mac_asking_and_says_so(
    rollcall: Installation, remote: Remote, tmp_path: Path
) -> None:
    remote.hook("pre-receive", "echo 'frozen until Monday'; exit 1")
    mac = rollcall.mac("C02FR0ZEN")
    script = mac.prepare(mac.fetch("london", "design"))

    with mac.started(script, tmp_path) as process:
        eventually(lambda: "frozen until Monday" in rollcall.log.read_text())
        assert process.poll() is None, "it goes on asking"

        (remote.path / "hooks/pre-receive").unlink()
        assert process.wait(timeout=30) == 0
    assert remote.read("manifests/C02FR0ZEN")
