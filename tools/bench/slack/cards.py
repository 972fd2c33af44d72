"""A card that changes all the time: how soon people see it, and how often it is edited."""

import re
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from tests.fakes.slack import Workspace
from tests.support.installation import CHANNEL
from tools.bench.contenders.contenders import rollcall_in_slack
from tools.bench.harness.calls import ask_for_manifest
from tools.bench.harness.effort import Effort
from tools.bench.harness.rounds import percentile
from tools.bench.harness.serials import registered
from tools.bench.harness.table import Row

MINUTE = 60.0  # seconds
MAX_EDITS = 60  # in a minute
LIMIT = 2.0  # seconds until a change is seen
TIMEOUT = 10.0  # seconds after the last change


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """All Macs of one card become done, evenly over a minute."""
    with rollcall_in_slack(folder, macs=effort.changes) as (installation, slack):
        slack.wait_until(lambda: bool(slack.channels[CHANNEL].messages), TIMEOUT)
        seen = watch(slack)
        began = time.monotonic()
        changed = []
        for number, serial in enumerate(registered(0, effort.changes)):
            time.sleep(max(0.0, began + number * MINUTE / 1_000 - time.monotonic()))
            ask_for_manifest(installation.url, str(serial))
            changed.append(time.monotonic())
        slack.wait_until(lambda: seen[-1][1] >= effort.changes, TIMEOUT)
    took = [_until(seen, number) - at for number, at in enumerate(changed, 1)]
    minutes = max(1.0, (changed[-1] - began) / MINUTE)
    edits = (len(seen) - 1) / minutes
    yield Row(
        f"card with {effort.changes:,} changes in {changed[-1] - began:.0f} s, each seen",
        f"median {percentile(took, 50):.2f} s, slowest {max(took):.2f} s",
        f"within {LIMIT:.0f} s",
        max(took) < LIMIT,
    )
    closest = min((later - earlier for (earlier, _), (later, _) in pairwise(seen[1:])), default=0.0)
    yield Row(
        "edits of that card",
        f"{edits:.0f} a minute, {closest:.2f} s apart at least",
        f"≤ {MAX_EDITS} a minute",
        edits <= MAX_EDITS,
    )


def watch(slack: Workspace) -> list[tuple[float, int]]:
    """Pairs of a moment and the number of Macs that the card then said were confirmed."""
    card = slack.channels[CHANNEL].messages[0]
    seen = [(time.monotonic(), 0)]

    def look(_: object, message: object, verb: str) -> None:
        if message is card and verb != "posted":
            said = re.search(r"(\d+) confirmed", card.text)
            seen.append((time.monotonic(), int(said[1]) if said else 0))

    slack.on_message.append(look)
    return seen


def _until(seen: list[tuple[float, int]], number: int) -> float:
    """The moment in which people first saw so many Macs done; infinity where they never did."""
    return next((at for at, done in seen if done >= number), float("inf"))
