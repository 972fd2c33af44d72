"""Channels with long queues: what a claim costs the database, in SQLite's instructions."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import Connection
from typing import cast
from uuid import uuid4

import pytest
from sqlalchemy import text

from infrastructure.database.engine import Database
from provisioning.munki import MunkiRepo
from provisioning.outbox import claims
from tests.provisioning.outbox.floors import Floor
from tests.support.fixtures.doors import Clock

PIECE = 100  # instructions counted at a time
INDEXES = ["ix_notifications_owed", "ix_notifications_in_doubt"]


@pytest.fixture(params=INDEXES)
def database(
    request: pytest.FixtureRequest, migrated_sqlite: Path, tmp_path: Path
) -> Iterator[Database]:
    """A database of its own with one index made anew.

    SQLite takes the newest of two indexes that look alike to it, and the migrations make them in
    any order.
    """
    path = shutil.copy(migrated_sqlite, tmp_path / "rollcall.sqlite3")
    with closing(Database(f"sqlite:///{path}")) as database:
        with database.begin() as session:
            index = {"index": request.param}
            made_by = session.scalar(
                text("SELECT sql FROM sqlite_master WHERE name = :index"), index
            )
            session.execute(text(f"DROP INDEX {request.param}"))
            session.execute(text(made_by))
        yield database


def test_a_claim_in_a_busy_channel_does_not_compare_every_message_with_every_other(
    database: Database, repo: MunkiRepo, clock: Clock
) -> None:
    floor = Floor(database, repo, clock)
    _queue(floor, 30)
    _instructions(database, clock)  # from now on the channel is busy
    few = _instructions(database, clock)
    _queue(floor, 90)
    many = _instructions(database, clock)

    assert many < 6 * few  # four times as many messages, and sixteen times as many pairs


def _queue(floor: Floor, messages: int) -> None:
    for _ in range(messages):
        floor.trouble(uuid4().hex)


def _instructions(database: Database, clock: Clock) -> int:
    """The instructions of a claim right after another message, which is the dearest one."""
    taken = 0

    def count() -> None:
        nonlocal taken
        taken += PIECE

    with database.begin() as session:
        connection = cast(Connection, session.connection().connection.driver_connection)
        connection.set_progress_handler(count, PIECE)
        claimed = claims.claim(session, "relay", clock())
        connection.set_progress_handler(None, PIECE)
        assert claimed is not None
        claims.settle(session, claimed, ts="1", now=clock())
    return taken
