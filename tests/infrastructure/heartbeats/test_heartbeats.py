"""Heartbeats in the database: who works, who is missing, and who tells."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from infrastructure.heartbeats import files, store
from infrastructure.heartbeats.files import MAX_SILENCE, Beat
from infrastructure.heartbeats.models import Heartbeat
from infrastructure.heartbeats.process import Process
from tests.infrastructure.heartbeats.absent import told
from tests.support.databases import postgres

pytestmark = pytest.mark.postgresql(instead=True)

Start = Callable[[str], Process]


@pytest.fixture
def start(database: Database, tmp_path: Path) -> Start:
    """Starts a process on this machine, which beats once."""

    def started(part: str) -> Process:
        process = Process(part, database)
        process.start(tmp_path / "heartbeats")
        process.beat()
        return process

    return started


def test_a_heartbeat_has_the_moment_of_the_database(postgresql_url: str) -> None:
    """The clocks of several machines may differ."""
    with (
        postgres.ahead(postgresql_url) as url,
        closing(Database(url)) as database,
        database.begin() as session,
    ):
        store.note(session, Beat("relay", "a", 1, 0.0, 60.0), "host")
        noted = session.scalars(select(Heartbeat.beat_at)).one()

    assert noted - datetime.now(UTC) > timedelta(minutes=59)


def fall_silent(database: Database, process: Process, **since: float) -> None:
    """Have a process have beaten for the last time some while ago."""
    with database.begin() as session:
        at = store.present(session) - timedelta(**since)
        mine = Heartbeat.process == process.name
        session.execute(update(Heartbeat).where(mine).values(beat_at=at, started_at=at))


def test_who_works_is_not_missing_and_who_was_never_there_is(
    database: Database, start: Start
) -> None:
    start("relay")

    assert told(database, "relay") == []
    [sentence] = told(database, "relay", "jobs")
    assert sentence == (
        "No job runner is running: files are not read and silence is not noticed. "
        "Start it: its container, service or deployment, or `boot.sh jobs` by hand."
    )


def test_who_fell_silent_is_missing_since_then(database: Database, start: Start) -> None:
    fall_silent(database, relay := start("relay"), minutes=2)

    [sentence] = told(database, "relay")
    assert "has been silent since 20" in sentence
    assert "Look at its log, and start it again: its container, " in sentence

    relay.end()
    assert told(database) == []
    [sentence] = told(database, "relay")
    assert sentence == (
        "No relay is running: Slack is told nothing. "
        "Start it: its container, service or deployment, or `boot.sh relay` by hand."
    )


@pytest.mark.postgresql(soak=True)
def test_a_process_of_the_last_release_counts_by_the_present_name_of_its_part(
    database: Database, start: Start
) -> None:
    """It runs on while processes are exchanged, one after the other."""
    start("courier")
    start("clerk")

    assert told(database, "relay", "jobs") == []


@pytest.mark.postgresql(soak=True)
def test_one_that_died_with_the_last_release_is_replaced_by_its_successor(
    database: Database, start: Start
) -> None:
    with database.begin() as session:
        at = store.present(session) - timedelta(hours=2)
        names = {"process": "pod:7:abc", "part": "courier", "host": "pod"}
        session.add(Heartbeat(**names, started_at=at, beat_at=at, patience=75))
    dead = start("clerk")
    fall_silent(database, dead, minutes=2)
    assert "The relay on pod has been silent" in told(database)[0]
    assert "The job runner on " in told(database)[1]

    assert dead._file is not None  # noqa: SLF001
    dead._file.remove()  # noqa: SLF001 - its lock is gone, as it is when the kernel ends it
    start("relay")
    start("jobs")

    assert told(database, "relay", "jobs") == []


def test_a_job_runner_with_a_job_may_be_silent_for_longer(
    database: Database, start: Start, tmp_path: Path
) -> None:
    runner = start("jobs")
    runner.beat("busy with statistics", 180)
    [beat] = files.alive(tmp_path / "heartbeats")
    assert (beat.doing, beat.patience) == ("busy with statistics", MAX_SILENCE + 180)
    fall_silent(database, runner, minutes=2)
    assert told(database) == []

    fall_silent(database, runner, minutes=5)
    assert "(busy with statistics)" in told(database)[0]


@pytest.mark.postgresql(instead=True)
def test_a_heartbeat_of_before_the_clock_was_set_back_is_none(
    database: Database, start: Start
) -> None:
    fall_silent(database, start("relay"), days=-3)

    assert "has been silent" in told(database)[0]


@pytest.mark.parametrize(("minutes", "is_missed"), [(50, True), (70, False)])
def test_who_was_replaced_on_another_machine_is_missed_for_an_hour(
    database: Database, start: Start, minutes: int, *, is_missed: bool
) -> None:
    with database.begin() as session:
        at = store.present(session) - timedelta(minutes=minutes)
        names = {"process": "pod:7:abc", "part": "relay", "host": "pod"}
        session.add(Heartbeat(**names, started_at=at, beat_at=at, patience=75))
    assert "The relay on pod has been silent" in told(database)[0]

    start("relay")

    assert bool(told(database)) is is_missed


@pytest.mark.postgresql(soak=True)
def test_nobody_is_replaced_by_who_worked_before_or_does_something_else(
    database: Database, start: Start
) -> None:
    with database.begin() as session:
        now = store.present(session)
        for number, hours, silent in ((7, 2, 2), (8, 3, 0)):  # hours since its start, and its last
            names = {"process": f"pod:{number}:abc", "part": "relay", "host": f"pod-{number}"}
            began, last = now - timedelta(hours=hours), now - timedelta(hours=silent)
            session.add(Heartbeat(**names, started_at=began, beat_at=last, patience=75))
    start("clerk")

    [sentence] = told(database)
    assert "The relay on pod-7 has been silent" in sentence


@pytest.mark.postgresql(soak=True)
def test_who_died_here_is_forgotten_when_the_next_one_starts(
    database: Database, start: Start
) -> None:
    dead = start("relay")
    assert dead._file is not None  # noqa: SLF001
    dead._file.remove()  # noqa: SLF001 - its lock is gone, as it is when the kernel ends it
    start("jobs")
    start("relay")

    with database.reading() as session:
        assert session.scalar(select(func.count(Heartbeat.process))) == 2


def test_after_a_day_nobody_waits_any_more(database: Database, start: Start) -> None:
    fall_silent(database, start("relay"), hours=25)
    assert told(database) == []

    with database.begin() as session:
        store.prune(session)
        assert session.scalar(select(func.count(Heartbeat.process))) == 0


def test_who_has_ended_beats_no_more(database: Database, start: Start) -> None:
    relay = start("relay")
    relay.end()
    with database.begin() as session:
        relay.note(session)

    with database.reading() as session:
        assert session.scalar(select(func.count(Heartbeat.process))) == 0


def test_the_oldest_that_works_says_once_who_is_missing_and_who_is_back(
    database: Database, start: Start
) -> None:
    relay, server, runner = (start(part) for part in ("relay", "server", "jobs"))
    fall_silent(database, relay, minutes=2)

    with capture_logs() as logs:
        for process in (server, runner, server):
            note(database, process)
        for process in (relay, server, runner):
            note(database, process)

    assert [line["event"] for line in logs] == ["process missing", "process back"]
    assert {line["part"] for line in logs} == {"relay"}


def note(database: Database, process: Process) -> None:
    with database.begin() as session:
        process.note(session)
