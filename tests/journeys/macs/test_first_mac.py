"""From the slash command to the confirmation, with nothing but real processes."""

import plistlib
from collections.abc import Iterator

import pytest

from tests.journeys.macs.conftest import Imaging
from tests.support.installation import CHANNEL, Installation
from tests.support.waiting import eventually

SERIALS = {"http": "C02XG0FDJGH5", "socket": "C17TM4LKDRJL"}


@pytest.fixture(params=SERIALS)
def transport(
    request: pytest.FixtureRequest, rollcall: Installation, slack: Imaging
) -> Iterator[str]:
    """Slack asks the server, as it does all over this folder, or speaks with a bot beside it."""
    if request.param == "socket":
        requests = slack.door
        rollcall.environment["SLACK_APP_TOKEN"] = slack.app.app_token
        rollcall.start("bot")
        slack.wait_for_socket(15)
        slack.door = slack.sockets
    yield request.param
    if request.param == "socket":
        slack.door = requests
        del rollcall.environment["SLACK_APP_TOKEN"]
        assert rollcall.stop("bot") == {"bot": 0}


def test_a_registered_mac_gets_its_manifest_and_the_channel_hears_it(
    rollcall: Installation, slack: Imaging, transport: str
) -> None:
    """The product in one test."""
    serial = SERIALS[transport]
    technician = slack.person("U0ALICE", name="alice")
    typed = f"register {serial.lower()} London DESIGN"
    reply = technician.slash("/mac", typed, channel=CHANNEL)
    assert reply.error is None
    assert "Registered 1 Mac" in reply.text
    eventually(lambda: slack.about(serial))

    ended = rollcall.mac(serial).boot("paris", "basic")

    assert ended.code == 0, ended.output
    manifest = plistlib.loads(rollcall.manifest(serial).read_bytes())
    assert manifest["included_manifests"] == [
        "site_default",
        "included_manifests/sites/london",
        "included_manifests/builds/design",
    ]
    eventually(lambda: len(slack.about(serial)) == 2)
    card, confirmation = slack.about(serial)
    assert serial in confirmation.text
    assert "Its script asked for paris/basic; the registration won." in confirmation.text
    eventually(lambda: "1 confirmed" in card.text)
    assert card.edited


def test_a_mac_that_nobody_can_place_is_refused_until_somebody_does(
    rollcall: Installation, slack: Imaging
) -> None:
    """The unhappy path: the script's site is gone, which is fixed in Slack meanwhile."""
    sites = rollcall.repo / "manifests/included_manifests/sites"
    (sites / "leeds").write_bytes((sites / "london").read_bytes())
    mac = rollcall.mac("C02NQBDY001")
    script = mac.prepare(mac.fetch("leeds", "design"))
    (sites / "leeds").unlink()

    assert mac.run(script).code != 0
    assert not rollcall.manifest("C02NQBDY001").exists()

    technician = slack.person("U0ALICE", name="alice")
    technician.slash("/mac", "register C02NQBDY001 paris design", channel=CHANNEL)
    assert mac.run(script).code == 0
    assert rollcall.manifest("C02NQBDY001").exists()
