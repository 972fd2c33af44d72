"""A Mac that knows only the server, from its first question to its manifest."""

import plistlib
from concurrent.futures import ThreadPoolExecutor

from tests.journeys.macs.conftest import Imaging
from tests.support.installation import CHANNEL, Installation
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

STRANGER = "G6TZR8WQXH3Q"


def test_it_asks_in_the_channel_and_goes_on_once_somebody_has_answered(
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


@soak_only("test_bench_taking has it beside the code, and the way above the processes")
def test_a_bench_takes_it_before_anybody_is_asked(rollcall: Installation, slack: Imaging) -> None:
    technician = slack.person("U0ALICE", name="alice")
    technician.slash("/mac", "bench london design 2 for 1h", channel=CHANNEL)

    ended = rollcall.mac("H4TJ9UVKF8J2").boot(ticks=1)

    assert ended.code == 0, ended.output
    [card] = eventually(lambda: slack.about("H4TJ9UVKF8J2")[:1])
    eventually(lambda: "1 of 2 taken" in card.text)
    technician.click(card, "bench_end")  # the next stranger is another test's
