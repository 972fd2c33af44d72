"""kill -9 during backups and restores: the old file or the new one, never a mix of both."""

import io
import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infrastructure.database.engine import Database
from infrastructure.jobs.models import LastRun
from provisioning.maintenance import backups
from provisioning.registrations.models import Counter
from tests.support.installation import ROOT
from tests.support.running.crashing.backups import LOGGED, NEW, OLD
from tests.support.soaking import soak_only

LINES = "a process is started and killed for each of some hundred lines"


@pytest.fixture
def folder(tmp_path: Path, migrated_sqlite: Path) -> Path:
    """The files that the work is done on."""
    for name in (OLD, NEW):
        shutil.copy(migrated_sqlite, tmp_path / name)
        with closing(Database(f"sqlite:///{tmp_path / name}")) as database:
            with database.begin() as session:
                session.add(Counter(pattern=name, last=1))
                session.add(LastRun(what=name, at=datetime.now(UTC)))
            if name == NEW:
                file = io.BytesIO()
                backups.take(database, file)
                (tmp_path / "backup").write_bytes(file.getvalue())
    with closing(sqlite3.connect(tmp_path / "open")) as open_:
        shutil.copy(tmp_path / OLD, tmp_path / "open")
        open_.execute("INSERT INTO counters VALUES (?, 2)", [LOGGED])
        open_.commit()
        shutil.copy(tmp_path / "open", tmp_path / OLD)
        shutil.copy(tmp_path / "open-wal", tmp_path / f"{OLD}-wal")
    return tmp_path


def play(work: str, folder: Path, every: int) -> dict[str, Any]:
    """Have `work` killed at its lines, in a process of its own."""
    given = json.dumps({"folder": str(folder), "every": str(every)})
    command = [sys.executable, "-m", "tests.support.running.crashing.backups", work, given]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=3600, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return dict(json.loads(ended.stdout.splitlines()[-1]))


@soak_only(LINES)
def test_the_moment_when_one_database_takes_the_place_of_another(folder: Path) -> None:
    seen = play("replacing", folder, every=1)

    assert seen["problems"] == []
    assert seen["kills"] > 20


@soak_only(LINES)
@pytest.mark.parametrize("work", ["restoring", "taking"])
def test_a_backup_or_a_restore_may_be_killed_at_any_line(folder: Path, work: str) -> None:
    seen = play(work, folder, every=7)

    assert seen["problems"] == []
    assert seen["kills"] >= 2
