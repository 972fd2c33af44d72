"""From the slash command to the confirmation, with nothing but real processes."""

import plistlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import CHANNEL, Installation
from tests.support.slack import Workspace
from tests.support.waiting import eventually

TRANSPORTS = {
    "http": {"SLACK_SIGNING_SECRET": "signing-secret-of-the-stand-in"},
    "socket": {"SLACK_APP_TOKEN": "xapp-stand-in"},
}


@pytest.fixture(params=TRANSPORTS)
def rollcall(
    request: pytest.FixtureRequest, tmp_path: Path, repo_folder: Path, slack: Workspace
) -> Iterator[Installation]:
    """Everything in one container, on either transport."""
    settings = TRANSPORTS[request.param]
    with Installation(tmp_path, repo_folder, slack.api_url, settings=settings) as installation:
        installation.start()
        installation.wait_until_ready()
        if request.param == "http":
            slack.connect_http(f"{installation.url}/slack/events")
        else:
            slack.wait_for_socket(15)
        yield installation


def test_a_registered_mac_gets_its_manifest_and_the_channel_hears_it(
    rollcall: Installation, slack: Workspace
) -> None:
    """The product in one test."""
    technician = slack.person("U0ALICE", name="alice")
    reply = technician.slash("/mac", "register c02xg0fdjgh5 London DESIGN", channel=CHANNEL)
    assert reply.error is None
    assert "Registered 1 Mac" in reply.text
    eventually(lambda: slack.channels[CHANNEL].messages)

    ended = rollcall.mac("C02XG0FDJGH5").boot("paris", "basic")

    assert ended.code == 0, ended.output
    manifest = plistlib.loads(rollcall.manifest("C02XG0FDJGH5").read_bytes())
    assert manifest["included_manifests"] == [
        "site_default",
        "included_manifests/sites/london",
        "included_manifests/builds/design",
    ]
    eventually(lambda: len(slack.channels[CHANNEL].messages) == 2)
    card, confirmation = slack.channels[CHANNEL].messages
    assert "C02XG0FDJGH5" in confirmation.text
    assert "Its script asked for paris/basic; the registration won." in confirmation.text
    eventually(lambda: "1 confirmed" in card.text)
    assert card.edited


def test_a_mac_that_nobody_can_place_is_refused_until_somebody_does(
    rollcall: Installation, slack: Workspace
) -> None:
    """The unhappy path: the script's site is gone, which is mended in Slack meanwhile."""
    mac = rollcall.mac("C02NQBDY001")
    script = mac.prepare(mac.fetch("london", "design"))
    (rollcall.repo / "manifests/included_manifests/sites/london").unlink()

    assert mac.run(script).code != 0
    assert not rollcall.manifest("C02NQBDY001").exists()

    technician = slack.person("U0ALICE", name="alice")
    technician.slash("/mac", "register C02NQBDY001 paris design", channel=CHANNEL)
    assert mac.run(script).code == 0
    assert rollcall.manifest("C02NQBDY001").exists()
