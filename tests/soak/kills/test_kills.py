"""A few of the kills of `make soak ARGS=kills`, and how all of them are spread."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infrastructure.database.engine import Database
from tests.soak.kills.pieces import PIECES
from tests.soak.kills.repos import Folder
from tests.soak.kills.units import BACKENDS, DATABASES, KILLS, PROCESSES, UNITS, missed
from tests.soak.progress import RESULT
from tests.support.installation import ROOT
from tests.support.soaking import soak_only


def test_ten_thousand_kills_are_spread_evenly() -> None:
    assert KILLS * len(UNITS) >= 10_000
    for name in (*PROCESSES, *DATABASES, *BACKENDS):
        assert sum(name in unit.split("-") for unit in UNITS) in (6, 10, 15)


def test_kills_that_hit_nothing_prove_nothing() -> None:
    assert missed(333, 334) == []
    assert missed(0, 334) == ["only 0 of 334 kills hit the work"]


@pytest.mark.parametrize(
    ("process", "findings"), [("server", 2), ("bot", 1), ("relay", 1), ("jobs", 2), ("program", 1)]
)
def test_work_that_was_not_done_is_found(
    database: Database, tmp_path: Path, process: str, findings: int
) -> None:
    """None of them needs what it would do its work with."""
    application: Any = SimpleNamespace(
        database=database, web_app=list, bolt_app=None, slack_client=None, job_handlers=None
    )
    piece = PIECES[process](application, Folder(tmp_path))
    piece.prepare("C02AAA")

    assert len(piece.look("C02AAA", whole=True)) == findings


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
