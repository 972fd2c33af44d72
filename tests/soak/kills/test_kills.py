"""A few of the kills of `make soak ARGS=kills`, and how all of them are spread."""

import json
import subprocess
import sys

import pytest

from tests.soak.kills.units import BACKENDS, DATABASES, KILLS, PROCESSES, UNITS
from tests.soak.progress import RESULT
from tests.support.installation import ROOT
from tests.support.soaking import soak_only


def test_ten_thousand_kills_are_spread_evenly() -> None:
    assert KILLS * len(UNITS) >= 10_000
    for name in (*PROCESSES, *DATABASES, *BACKENDS):
        assert sum(name in unit.split("-") for unit in UNITS) in (6, 10, 15)


@soak_only("starts a database, a repo and a Slack, and kills processes")
@pytest.mark.parametrize("unit", UNITS)
def test_nothing_is_lost_or_doubled(unit: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.soak.kills", unit, "6"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    [line] = [line for line in ended.stdout.splitlines() if line.startswith(RESULT)]

    assert json.loads(line.removeprefix(RESULT))["findings"] == []
