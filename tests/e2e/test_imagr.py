"""A Mac in Imagr that knows one server, Rollcall: from its config to its manifest."""

import plistlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.imaging import Imagr
from tests.support.imagr import REPORT_KEY
from tests.support.installation import CHANNEL, PASSWORD, USERNAME, Installation
from tests.support.netboot import Netboot
from tests.support.slack import Workspace
from tests.support.waiting import eventually

SERIAL = "C02XG0FDJGH5"
TEMPLATE = """{% extends "shipped/base.plist" %}
{% block components %}
<dict>
    <key>type</key><string>image</string>
    <key>url</key><string>http://images.lan/{= build|urlencode =}.dmg</string>
</dict>
{% endblock %}
{% block more %}
<key>restart_action</key><string>shutdown</string>
{% endblock %}
"""
Start = Callable[[], Imagr]


@pytest.fixture
def rollcall(tmp_path: Path, repo_folder: Path, slack: Workspace) -> Iterator[Installation]:
    """Everything in one container, with a template for designers' Macs."""
    (tmp_path / "templates/imagr/builds").mkdir(parents=True)
    (tmp_path / "templates/imagr/builds/design.plist").write_text(TEMPLATE)
    settings = {
        "SLACK_SIGNING_SECRET": slack.app.signing_secret,
        "ROLLCALL_REPORT_KEYS": REPORT_KEY,
        "ROLLCALL_TEMPLATES": str(tmp_path / "templates"),
    }
    with Installation(tmp_path, repo_folder, slack.api_url, settings=settings) as installation:
        installation.start()
        installation.wait_until_ready()
        slack.connect_http(f"{installation.url}/slack/events")
        yield installation


@pytest.fixture
def start(rollcall: Installation, tmp_path: Path) -> Start:
    """Start Imagr on a Mac, with a technician who knows the password."""

    def started() -> Imagr:
        disk = tmp_path / "netboot"
        disk.mkdir()
        url = rollcall.url
        net = Netboot(f"{url}/imagr_config.plist", f"{url}/report/{REPORT_KEY}", disk)
        imagr = Imagr(rollcall.mac(SERIAL), net, typed=(USERNAME, PASSWORD))
        imagr.load()
        return imagr

    return started


def includes(rollcall: Installation) -> list[str]:
    manifest = plistlib.loads(rollcall.manifest(SERIAL).read_bytes())
    return [entry.rpartition("/")[2] for entry in manifest["included_manifests"]]


def test_a_registered_mac_is_imaged_boots_and_is_confirmed(
    rollcall: Installation, slack: Workspace, start: Start
) -> None:
    alice = slack.person("U0ALICE", name="alice")
    alice.slash("/mac", f"register {SERIAL} london design", channel=CHANNEL)
    imagr = start()
    assert imagr.asked == 1
    assert imagr.choices()[0] == "Registered build"

    imagr.run()

    assert imagr.error == ""
    assert imagr.done == ["image"]
    assert imagr.restart == "shutdown"
    [card] = eventually(lambda: slack.channels[CHANNEL].messages)
    eventually(lambda: "1 imaging" in card.text)
    assert not rollcall.manifest(SERIAL).exists()

    assert [run.code for run in imagr.boots()] == [0]

    assert includes(rollcall) == ["site_default", "london", "design"]
    eventually(lambda: "1 confirmed" in card.text)


def test_a_mac_that_nobody_registered_goes_on_once_somebody_has_answered(
    rollcall: Installation, slack: Workspace, start: Start
) -> None:
    alice = slack.person("U0ALICE", name="alice")
    imagr = start()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(imagr.run)
        [card] = eventually(lambda: slack.channels[CHANNEL].messages)
        eventually(lambda: any("waiting for somebody" in line for line in imagr.screen))
        alice.select(card, "site", "paris")
        alice.select(card, "build", "design")
        assert not running.done()
        alice.click(card, "stranger_register")
        running.result(timeout=30)

    assert (imagr.error, imagr.done) == ("", ["image"])
    assert [run.code for run in imagr.boots()] == [0]
    assert includes(rollcall) == ["site_default", "paris", "design"]


def test_where_nothing_is_to_be_imaged_the_screen_says_so_and_so_does_the_channel(
    rollcall: Installation, slack: Workspace, start: Start
) -> None:
    alice = slack.person("U0ALICE", name="alice")
    alice.slash("/mac", f"register {SERIAL} london kiosk", channel=CHANNEL)
    imagr = start()

    imagr.run()

    assert imagr.error.startswith(f"{SERIAL}: this Mac is registered, but Rollcall has no workflow")
    assert imagr.done == []
    assert imagr.first_boot == {}
    eventually(lambda: len(slack.channels[CHANNEL].messages) == 2)
    card, told = slack.channels[CHANNEL].messages
    eventually(lambda: "1 failed" in card.text)
    assert "write imagr/builds/kiosk.plist" in told.text
