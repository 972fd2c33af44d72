"""Slash commands: how long people wait for the acknowledgement when many type at once."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fakes.slack import Reply, Workspace
from tests.support.installation import CHANNEL
from tools.bench.contenders.contenders import rollcall_in_slack
from tools.bench.harness.effort import Effort
from tools.bench.harness.rounds import percentile
from tools.bench.harness.serials import unlike
from tools.bench.harness.table import Row

AT_ONCE = 16
LIMIT = 300  # ms


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """Registrations by slash command over HTTP, while the relay is at work."""
    with rollcall_in_slack(folder) as (_, slack):
        volley(slack, 0)  # warms up
        replies = [reply for number in range(effort.volleys) for reply in volley(slack, number + 1)]
    yield acknowledged(f"slash command acknowledged, {AT_ONCE} at once", replies)


def acknowledged(subject: str, replies: Sequence[Reply]) -> Row:
    """Return the row about the acknowledgements of commands that register one Mac each."""
    taken = [reply.took * 1000 for reply in replies]
    failed = sum(not reply.text.startswith("Registered `") for reply in replies)
    slowest = percentile(taken, 99)
    measured = f"median {percentile(taken, 50):.0f} ms, p99 {slowest:.0f} ms of {len(replies):,}"
    if failed:
        measured += f", {failed:,} FAILED"
    return Row(subject, measured, f"p99 < {LIMIT} ms", slowest < LIMIT and not failed)


def volley(slack: Workspace, number: int) -> list[Reply]:
    """Have 16 people register a Mac each at the same moment."""
    people = [slack.person(f"U0BENCH{index:02}") for index in range(AT_ONCE)]

    def register(index: int) -> Reply:
        text = f"register {unlike(number * AT_ONCE + index)} london design"
        return people[index].slash("/mac", text, channel=CHANNEL)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(register, range(AT_ONCE)))
