"""A Mac in Imagr that knows one server, Rollcall: from its config to its manifest."""

import plistlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.fakes.imagr.client import Imagr
from tests.fakes.imagr.netboot import Netboot
from tests.fakes.imagr.reports import REPORT_KEY
from tests.journeys.macs.conftest import Imaging
from tests.support.installation import CHANNEL, PASSWORD, USERNAME, Installation
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

Start = Callable[[str], Imagr]
AGAIN = "test_imagr_macs takes the same way with a server alone"


@pytest.fixture
def start(rollcall: Installation, tmp_path: Path) -> Start:
    """Start Imagr on a Mac, with a technician who knows the password."""

    def started(serial: str) -> Imagr:
        disk = tmp_path / "netboot"
        disk.mkdir()
        url = rollcall.url
        net = Netboot(f"{url}/imagr_config.plist", f"{url}/report/{REPORT_KEY}", disk)
        imagr = Imagr(rollcall.mac(serial), net, typed=(USERNAME, PASSWORD))
        imagr.load()
        return imagr

    return started


def includes(rollcall: Installation, serial: str) -> list[str]:
    manifest = plistlib.loads(rollcall.manifest(serial).read_bytes())
    return [entry.rpartition("/")[2] for entry in manifest["included_manifests"]]


@soak_only(AGAIN)
def test_a_registered_mac_is_imaged_boots_and_is_confirmed(
    rollcall: Installation, slack: Imaging, start: Start
) -> None:
    alice = slack.person("U0ALICE", name="alice")
    alice.slash("/mac", "register C07PQ1RSDY3H london design", channel=CHANNEL)
    imagr = start("C07PQ1RSDY3H")
    assert imagr.asked == 1
    assert imagr.choices()[0] == "Registered build"

    imagr.run()

    assert imagr.error == ""
    assert imagr.done == ["image"]
    assert imagr.restart == "shutdown"
    [card] = eventually(lambda: slack.about("C07PQ1RSDY3H"))
    eventually(lambda: ": imaging" in card.text)
    assert not rollcall.manifest("C07PQ1RSDY3H").exists()

    assert [run.code for run in imagr.boots()] == [0]

    assert includes(rollcall, "C07PQ1RSDY3H") == ["site_default", "london", "design"]
    eventually(lambda: ": confirmed" in card.text)


@soak_only(AGAIN)
def test_a_mac_that_nobody_registered_goes_on_once_somebody_has_answered(
    rollcall: Installation, slack: Imaging, start: Start
) -> None:
    alice = slack.person("U0ALICE", name="alice")
    imagr = start("FVFZK2J8L40F")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(imagr.run)
        [card] = eventually(lambda: slack.about("FVFZK2J8L40F"))
        eventually(lambda: any("waiting for somebody" in line for line in imagr.screen))
        alice.select(card, "site", "paris")
        alice.select(card, "build", "design")
        assert not running.done()
        alice.click(card, "stranger_register")
        running.result(timeout=60)

    assert (imagr.error, imagr.done) == ("", ["image"])
    assert [run.code for run in imagr.boots()] == [0]
    assert includes(rollcall, "FVFZK2J8L40F") == ["site_default", "paris", "design"]


def test_where_nothing_is_to_be_imaged_the_screen_says_so_and_so_does_the_channel(
    rollcall: Installation, slack: Imaging, start: Start
) -> None:
    alice = slack.person("U0ALICE", name="alice")
    alice.slash("/mac", "register DMPVN6TTHG5W london kiosk", channel=CHANNEL)
    imagr = start("DMPVN6TTHG5W")

    imagr.run()

    assert imagr.error.startswith(
        "DMPVN6TTHG5W: this Mac is registered, but Rollcall has no workflow"
    )
    assert imagr.done == []
    assert imagr.first_boot == {}
    said = slack.channels[CHANNEL].messages
    fix = "write imagr/builds/kiosk.plist"
    eventually(lambda: [message for message in said if fix in message.text])
    assert len([message for message in said if fix in message.text]) == 1
    [card] = slack.about("DMPVN6TTHG5W")
    eventually(lambda: ": failed" in card.text)
