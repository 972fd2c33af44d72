"""A Mac that knows only the server, from its first question to its manifest."""

import plistlib
from concurrent.futures import ThreadPoolExecutor

from tests.journeys.macs.conftest import Imaging
from tests.support.installation import Installation
from tests.support.waiting import eventually

STRANGER = "G6TZR8WQXH3Q"


def test_an_unknown_mac_asks_in_the_channel_and_goes_on_once_it_is_answered(
    rollcall: Installation, slack: Imaging
) -> None:
    technician = slack.person("U0ALICE", name="alice")
    with ThreadPoolExecutor(1) as pool:
        booting = pool.submit(rollcall.mac(STRANGER).boot, ticks=1)
        [card] = eventually(lambda: slack.about(STRANGER))
        technician.select(card, "site", "london")
        technician.select(card, "build", "design")
        technician.click(card, "stranger_register")
        ended = booting.result(timeout=60)

    assert ended.code == 0, ended.output
    manifest = plistlib.loads(rollcall.manifest(STRANGER).read_bytes())
    assert manifest["included_manifests"][1:] == [
        "included_manifests/sites/london",
        "included_manifests/builds/design",
    ]
    eventually(lambda: "its manifest is written" in card.text)
    eventually(lambda: len(slack.about(STRANGER)) == 2)
