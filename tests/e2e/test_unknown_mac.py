"""A Mac that knows only the server, from its first question to its manifest."""

import plistlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.installation import CHANNEL, Installation
from tests.support.slack import Workspace
from tests.support.waiting import eventually


@pytest.fixture
def rollcall(tmp_path: Path, repo_folder: Path, slack: Workspace) -> Iterator[Installation]:
    """Everything in one container, over HTTP."""
    secret = {"SLACK_SIGNING_SECRET": slack.app.signing_secret}
    with Installation(tmp_path, repo_folder, slack.api_url, settings=secret) as installation:
        installation.start()
        installation.wait_until_ready()
        slack.connect_http(f"{installation.url}/slack/events")
        yield installation


def test_it_asks_in_the_channel_and_goes_on_once_somebody_has_answered(
    rollcall: Installation, slack: Workspace
) -> None:
    technician = slack.person("U0ALICE", name="alice")
    with ThreadPoolExecutor(1) as pool:
        booting = pool.submit(rollcall.mac("C02XG0FDJGH5").boot, ticks=1)
        [card] = eventually(lambda: slack.channels[CHANNEL].messages)
        technician.select(card, "site", "london")
        technician.select(card, "build", "design")
        technician.click(card, "stranger_register")
        ended = booting.result(timeout=30)

    assert ended.code == 0, ended.output
    manifest = plistlib.loads(rollcall.manifest("C02XG0FDJGH5").read_bytes())
    assert manifest["included_manifests"][1:] == [
        "included_manifests/sites/london",
        "included_manifests/builds/design",
    ]
    eventually(lambda: "its manifest is written" in card.text)
    eventually(lambda: len(slack.channels[CHANNEL].messages) == 2)


def test_a_bench_takes_it_before_anybody_is_asked(rollcall: Installation, slack: Workspace) -> None:
    technician = slack.person("U0ALICE", name="alice")
    technician.slash("/mac", "bench london design 2 for 1h", channel=CHANNEL)

    ended = rollcall.mac("C02XG0FDJGH5").boot(ticks=1)

    assert ended.code == 0, ended.output
    [card] = eventually(lambda: slack.channels[CHANNEL].messages[:1])
    eventually(lambda: "1 of 2 taken" in card.text)
