"""Clients that hold the server up, and how long others wait beside them."""

import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.installation import Installation
from tests.support.running.attackers import SILENT, SLOW_HEADERS, Attack, Siege, half_a_body
from tools.bench.contenders import contenders
from tools.bench.harness.calls import call
from tools.bench.harness.effort import Effort
from tools.bench.harness.rounds import percentile
from tools.bench.harness.table import Row

LIMIT = 1000  # ms
PROBES = 50
PAUSE = 0.02  # seconds before each
THREADS = 8  # of the server: with as many bodies that never came all of it stood still
HALF = half_a_body("/slack/events")


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """`/healthz` beside attackers of several kinds, each on a connection of its own."""
    with contenders.rollcall(folder) as ours:
        for name, attack, connections in (
            ("nobody", SILENT, 0),
            ("bodies that never come", HALF, THREADS),
            ("silent connections", SILENT, 1030),
            ("silent connections", SILENT, effort.attackers),
            ("headers that never end", SLOW_HEADERS, effort.attackers),
            ("bodies that never come", HALF, effort.attackers),
        ):
            yield _beside(ours, name, attack, connections)


def _beside(ours: Installation, name: str, attack: Attack, connections: int) -> Row:
    with Siege(ours.port, attack, connections) as siege:
        taken = [_probe(ours.url) for _ in range(PROBES)]
        alive = siege.alive
    slowest = max(taken)
    return Row(
        f"/healthz beside {connections:,} × {name}" if connections else f"/healthz beside {name}",
        f"median {percentile(taken, 50):.1f} ms, slowest {slowest:.1f} ms",
        f"slowest < {LIMIT:,} ms",
        slowest < LIMIT,
        beside=f"{alive:,} attackers held on until the end" if connections else "",
    )


def _probe(url: str) -> float:
    """The milliseconds until an answer; infinity without one."""
    time.sleep(PAUSE)
    probe = call(url, "GET", "/healthz", timeout=5)
    return probe.ms if probe.status else float("inf")
