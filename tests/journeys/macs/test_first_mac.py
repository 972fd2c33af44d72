"""From the slash command to the confirmation, with nothing but real processes."""

import plistlib

from tests.journeys.macs.conftest import Imaging
from tests.support.installation import CHANNEL, Installation
from tests.support.waiting import eventually

SERIAL = "C17TM4LKDRJL"


def test_a_registered_mac_gets_its_manifest_and_the_channel_hears_it(
    rollcall: Installation, slack: Imaging
) -> None:
    """The product in one test."""
    technician = slack.person("U0ALICE", name="alice")
    typed = f"register {SERIAL.lower()} London DESIGN"
    reply = technician.slash("/mac", typed, channel=CHANNEL)
    assert reply.error is None
    assert f"Registered `{SERIAL}`" in reply.text
    eventually(lambda: slack.about(SERIAL))

    ended = rollcall.mac(SERIAL).boot("paris", "basic")

    assert ended.code == 0, ended.output
    manifest = plistlib.loads(rollcall.manifest(SERIAL).read_bytes())
    assert manifest["included_manifests"] == [
        "site_default",
        "included_manifests/sites/london",
        "included_manifests/builds/design",
    ]
    eventually(lambda: len(slack.about(SERIAL)) == 2)
    card, confirmation = slack.about(SERIAL)
    assert SERIAL in confirmation.text
    assert "Its script asked for paris/basic; the registration won." in confirmation.text
    eventually(lambda: ": confirmed" in card.text)
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
