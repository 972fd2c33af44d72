"""The real processes together: a Mac is followed, a picture is drawn, and no log has the key."""

from pathlib import Path

import pytest
import requests

from tests.support.imagr import REPORT_KEY
from tests.support.installation import CHANNEL, PASSWORD, USERNAME, Installation
from tests.support.slack import Workspace
from tests.support.waiting import eventually


@pytest.mark.parametrize("context", ["PROD", "DEV"])
def test_a_mac_is_followed_and_its_figures_drawn(
    tmp_path: Path, repo_folder: Path, slack: Workspace, context: str
) -> None:
    slack.pace.rate = None
    alice = slack.person("U0ALICE", name="alice")
    settings = {
        "CONTEXT": context,
        "ROLLCALL_REPORT_KEYS": f"an-older-key-of-ours-1,{REPORT_KEY}",
        "SLACK_SIGNING_SECRET": slack.app.signing_secret,
    }
    with Installation(tmp_path, repo_folder, slack.api_url, settings=settings) as rollcall:
        rollcall.start()
        rollcall.wait_until_ready()
        slack.connect_http(f"{rollcall.url}/slack/events")
        alice.slash("/mac", "register C02AAA london design", channel=CHANNEL)
        report = f"{rollcall.url}/report/{REPORT_KEY}"
        fields = {"status": "in_progress", "serial": "C02AAA", "message": "Localizing Mac"}
        assert requests.post(report, data=fields, timeout=5).status_code == 200
        assert requests.post(f"{report}x", data=fields, timeout=5).status_code == 404
        card = slack.channels[CHANNEL].messages
        eventually(lambda: "imaging: Localizing Mac" in str(card and card[0].blocks))
        called = {"serial": "C02AAA", "site": "london", "build": "design"}
        requests.post(
            f"{rollcall.url}/gen_manifest", data=called, auth=(USERNAME, PASSWORD), timeout=5
        )
        alice.slash("/mac", "stats london 1", channel=CHANNEL)
        eventually(lambda: any(message.files for message in alice.dm.messages), timeout=30)

    assert "1 Mac confirmed" in alice.dm.messages[-1].text
    assert REPORT_KEY not in rollcall.log.read_text()
    assert '"/report/' in rollcall.log.read_text()
