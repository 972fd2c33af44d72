"""The heartbeats of a server's worker, which go on though nobody asks it for anything."""

from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from infrastructure.database.engine import Database
from infrastructure.heartbeats import files
from infrastructure.heartbeats.models import Heartbeat
from server.app import PULSES
from tests.support.waiting import eventually


def test_a_worker_has_heartbeats_from_its_start_to_its_end(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    pulses = app.extensions[PULSES]

    def noted() -> int:
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(Heartbeat)) or 0

    pulses.start(tmp_path)
    try:
        eventually(lambda: noted() == 1)
        assert [beat.part for beat in files.alive(tmp_path)] == ["server"]
    finally:
        pulses.end()
    assert noted() == 0
    assert [*files.alive(tmp_path)] == []
