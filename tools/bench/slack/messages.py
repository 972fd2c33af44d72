"""From the POST of a Mac to the message that people see in Slack."""

import math
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bot.delivery.transport import PACE as SLACK_PACE
from provisioning.outbox.ordering import IDLE_AFTER
from tests.fakes.slack import Workspace
from tests.support.installation import CHANNEL, Installation
from tools.bench.contenders.contenders import rollcall_in_slack
from tools.bench.harness.calls import ask_for_manifest
from tools.bench.harness.effort import Effort
from tools.bench.harness.rounds import percentile
from tools.bench.harness.serials import registered
from tools.bench.harness.table import Row

LIMIT = 1.0  # seconds
TIMEOUT = 10.0  # seconds after which a message counts as lost
# Seconds until the channel is free again, and idle: the last message in it was an edit of the card.
PACE = (SLACK_PACE.edit + IDLE_AFTER).total_seconds()
POLL = 0.2  # seconds between two looks: the calls fall anywhere between them
GOLDEN = 0.618  # steps of this share of an interval spread evenly over it


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """One Mac after another, each into an idle channel."""
    with rollcall_in_slack(folder, macs=effort.macs) as (installation, slack):
        slack.wait_until(lambda: bool(slack.channels[CHANNEL].messages), TIMEOUT)
        seconds = []
        for number, serial in enumerate(registered(0, effort.macs)):
            time.sleep(PACE + POLL * (number * GOLDEN % 1))
            seconds.append(_until_shown(installation, slack, str(serial)))
    slowest = percentile(seconds, 95)
    yield Row(
        f"POST to message in an idle channel, {effort.macs} Macs",
        f"median {median(seconds):.2f} s, p95 {slowest:.2f} s",
        f"p95 < {LIMIT:.0f} s",
        slowest < LIMIT,
    )


def _until_shown(installation: Installation, slack: Workspace, serial: str) -> float:
    """Have a Mac confirmed; return after how many seconds people see it, inf for never.

    Waits until the Mac's card is edited too.
    """
    messages = slack.channels[CHANNEL].messages
    [card, *shown] = messages
    edits = card.edited
    began = time.monotonic()
    ask_for_manifest(installation.url, serial)
    if not slack.wait_until(lambda: len(messages) > len(shown) + 1, TIMEOUT):
        return math.inf
    slack.wait_until(lambda: card.edited > edits, TIMEOUT)
    return messages[-1].shown_at - began
