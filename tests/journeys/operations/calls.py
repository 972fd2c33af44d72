"""Calls of Macs, what the channel heard of them, and what probes say."""

from contextlib import closing

import requests

from infrastructure.database.engine import Database
from tests.fakes.slack import Workspace
from tests.support.installation import CHANNEL, PASSWORD, USERNAME, Installation
from tests.support.running.commandline import typed
from tests.support.running.doors import machines_door
from tests.support.running.settings import server_settings

HTTP = {"SLACK_SIGNING_SECRET": "signing-secret-of-the-stand-in"}


def post(server: str, serial: str, site: str = "london") -> int:
    """Call a server, by its URL, as an old script does; 0 where no server answers."""
    try:
        return requests.post(
            f"{server}/gen_manifest",
            auth=(USERNAME, PASSWORD),
            data={"serial": serial, "site": site, "build": "design"},
            timeout=10,
        ).status_code
    except requests.RequestException:
        return 0


def call_here(rollcall: Installation, serial: str) -> None:
    """Call as an old script does, at a door that this process opens beside the others."""
    with closing(Database(rollcall.environment["ROLLCALL_DATABASE_URL"])) as database:
        answer = (
            machines_door(server_settings(rollcall.repo), database)
            .test_client()
            .post(
                "/gen_manifest",
                auth=(USERNAME, PASSWORD),
                data={"serial": serial, "site": "london", "build": "design"},
            )
        )
    assert answer.status_code == 200, answer.text


def confirmations(slack: Workspace) -> list[str]:
    """The serials that the channel heard of, as often as it did."""
    texts = [message.text for message in slack.channels[CHANNEL].messages]
    return sorted(text.split("`")[1] for text in texts if "is done" in text)


def probed(rollcall: Installation, *part: str) -> tuple[int, str]:
    """The exit code of a probe and what it prints."""
    ended = typed(rollcall.environment, "health", *part)
    assert ended.stderr == ""
    return ended.returncode, ended.stdout.strip()
