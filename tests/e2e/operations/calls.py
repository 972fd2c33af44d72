"""Calls of Macs, and what the channel heard of them."""

import requests

from tests.support.installation import CHANNEL, PASSWORD, USERNAME, Installation
from tests.support.slack import Workspace

HTTP = {"SLACK_SIGNING_SECRET": "signing-secret-of-the-stand-in"}


def post(rollcall: Installation, serial: str, site: str = "london") -> int:
    """Call as an old script does; 0 where nobody answers."""
    try:
        return requests.post(
            f"{rollcall.url}/gen_manifest",
            auth=(USERNAME, PASSWORD),
            data={"serial": serial, "site": site, "build": "design"},
            timeout=10,
        ).status_code
    except requests.RequestException:
        return 0


def confirmations(slack: Workspace) -> list[str]:
    """The serials that the channel heard of, as often as it did."""
    texts = [message.text for message in slack.channels[CHANNEL].messages]
    return sorted(text.split("`")[1] for text in texts if "is done" in text)
