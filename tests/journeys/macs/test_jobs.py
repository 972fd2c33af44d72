"""The real processes together: a Mac is followed, a picture is drawn, and no log has the key."""

import requests

from tests.fakes.imagr.reports import REPORT_KEY
from tests.journeys.macs.conftest import Imaging
from tests.support.installation import CHANNEL, PASSWORD, USERNAME, Installation
from tests.support.waiting import eventually


def test_a_mac_is_followed_and_its_figures_drawn(rollcall: Installation, slack: Imaging) -> None:
    carol = slack.person("U0CAROL", name="carol")
    sites = rollcall.repo / "manifests/included_manifests/sites"
    (sites / "oslo").write_bytes((sites / "london").read_bytes())  # no other Mac goes there
    carol.slash("/mac", "register C02AAA oslo design", channel=CHANNEL)
    report = f"{rollcall.url}/report/{REPORT_KEY}"
    fields = {"status": "in_progress", "serial": "C02AAA", "message": "Localizing Mac"}
    assert requests.post(report, data=fields, timeout=5).status_code == 200
    assert requests.post(f"{report}x", data=fields, timeout=5).status_code == 404
    eventually(
        lambda: "imaging: Localizing Mac" in str([it.blocks for it in slack.about("C02AAA")])
    )
    called = {"serial": "C02AAA", "site": "oslo", "build": "design"}
    requests.post(f"{rollcall.url}/gen_manifest", data=called, auth=(USERNAME, PASSWORD), timeout=5)
    carol.slash("/mac", "stats oslo 1", channel=CHANNEL)
    eventually(lambda: any(message.files for message in carol.dm.messages), timeout=30)

    assert "1 Mac confirmed" in carol.dm.messages[-1].text
    eventually(lambda: '"/report/' in rollcall.log.read_text())
    assert REPORT_KEY not in rollcall.log.read_text()


def test_a_manifest_is_written_ahead_by_the_job_runner_and_told_by_the_relay(
    rollcall: Installation, slack: Imaging
) -> None:
    erin = slack.person("U0ERIN", name="erin")
    sites = rollcall.repo / "manifests/included_manifests/sites"
    (sites / "bergen").write_bytes((sites / "london").read_bytes())

    eventually(
        lambda: (
            erin.slash("/mac", "register VM7KQZTBERGN bergen design", channel=CHANNEL).error is None
        )
    )

    eventually(lambda: rollcall.manifest("VM7KQZTBERGN").exists(), timeout=60)
    eventually(
        lambda: any(
            "is done: its manifest is written before its first boot" in message.text
            for message in slack.about("VM7KQZTBERGN")
        ),
        timeout=30,
    )
