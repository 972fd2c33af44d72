"""Heartbeats in the database: who works, who is missing, and who tells."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from bot.delivery.relay import Relay
from bot.slack.heartbeat import ConnectionListener
from infrastructure.database.engine import Database
from infrastructure.heartbeats import register
from infrastructure.heartbeats.models import Heartbeat
from infrastructure.heartbeats.process import Process
from infrastructure.jobs.runner import JobRunner
from provisioning.diagnostics import absences
from tests.support.waiting import eventually

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


def fall_silent(database: Database, process: Process, **since: float) -> None:
    """Have a process have beaten for the last time some while ago."""
    with database.begin() as session:
        at = register.present(session) - timedelta(**since)
        mine = Heartbeat.process == process.name
        session.execute(update(Heartbeat).where(mine).values(beat_at=at, started_at=at))


def told(database: Database, *wanted: str) -> list[str]:
    with database.reading() as session:
        return [str(finding) for finding in absences(session, wanted)]


def test_who_works_is_not_missing_and_who_was_never_there_is(
    database: Database, start: Start
) -> None:
    start("courier")

    assert told(database, "courier") == []
    assert told(database, "courier", "clerk") == [
        "No clerk is running: files are not read and silence is not noticed. Run `boot.sh clerk`."
    ]


def test_who_fell_silent_is_missing_since_then(database: Database, start: Start) -> None:
    fall_silent(database, courier := start("courier"), minutes=2)

    [sentence] = told(database, "courier")
    assert "has been silent since 20" in sentence
    assert "Look at its log, and start it again: `boot.sh courier`." in sentence

    courier.end()
    assert told(database) == []
    assert told(database, "courier") == [
        "No courier is running: Slack is told nothing. Run `boot.sh courier`."
    ]


def test_a_clerk_with_a_job_may_be_silent_for_longer(database: Database, start: Start) -> None:
    clerk = start("clerk")
    clerk.beat("busy with statistics", 180)
    fall_silent(database, clerk, minutes=2)
    assert told(database) == []

    fall_silent(database, clerk, minutes=5)
    assert "(busy with statistics)" in told(database)[0]


def test_a_heartbeat_of_before_the_clock_was_set_back_is_none(
    database: Database, start: Start
) -> None:
    fall_silent(database, start("courier"), days=-3)

    assert "has been silent" in told(database)[0]


@pytest.mark.parametrize(("minutes", "is_missed"), [(50, True), (70, False)])
def test_who_was_replaced_on_another_machine_is_missed_for_an_hour(
    database: Database, start: Start, minutes: int, *, is_missed: bool
) -> None:
    with database.begin() as session:
        at = register.present(session) - timedelta(minutes=minutes)
        names = {"process": "pod:7:abc", "part": "courier", "host": "pod"}
        session.add(Heartbeat(**names, started_at=at, beat_at=at, patience=75))
    assert "The courier on pod has been silent" in told(database)[0]

    start("courier")

    assert bool(told(database)) is is_missed


def test_who_died_here_is_forgotten_when_the_next_one_starts(
    database: Database, start: Start
) -> None:
    dead = start("courier")
    assert dead._file is not None  # noqa: SLF001
    dead._file.remove()  # noqa: SLF001 - its lock is gone, as it is when the kernel ends it
    start("clerk")
    start("courier")

    with database.reading() as session:
        assert session.scalar(select(func.count(Heartbeat.process))) == 2


def test_after_a_day_nobody_waits_any_more(database: Database, start: Start) -> None:
    fall_silent(database, start("courier"), hours=25)
    assert told(database) == []

    with database.begin() as session:
        register.prune(session)
        assert session.scalar(select(func.count(Heartbeat.process))) == 0


def test_who_has_ended_beats_no_more(database: Database, start: Start) -> None:
    courier = start("courier")
    courier.end()
    with database.begin() as session:
        courier.note(session)

    with database.reading() as session:
        assert session.scalar(select(func.count(Heartbeat.process))) == 0


def test_the_oldest_that_works_says_once_who_is_missing_and_who_is_back(
    database: Database, start: Start
) -> None:
    courier, server, clerk = (start(part) for part in ("courier", "server", "clerk"))
    fall_silent(database, courier, minutes=2)

    with capture_logs() as logs:
        for process in (server, clerk, server):
            note(database, process)
        for process in (courier, server, clerk):
            note(database, process)

    assert [line["event"] for line in logs] == ["process missing", "process back"]
    assert {line["part"] for line in logs} == {"courier"}


def note(database: Database, process: Process) -> None:
    with database.begin() as session:
        process.note(session)


class Beats(list[str]):
    """A pulse that remembers, and ends the loop after some."""

    def __init__(self, stop: Event, most: int) -> None:
        super().__init__()
        self._stop, self._most = stop, most

    def __call__(self, doing: str = "", longest: float = 0) -> None:
        assert longest == 0
        self.append(doing)
        if len(self) >= self._most:
            self._stop.set()


def test_a_courier_beats_in_each_round(database: Database, slack_client: object) -> None:
    stop = Event()
    beats = Beats(stop, 3)

    Relay(database, slack_client, pulse=beats).run(stop)  # type: ignore[arg-type]

    assert beats == [""] * 3


def test_a_clerk_beats_in_each_round_and_before_each_duty(database: Database) -> None:
    stop = Event()
    beats = Beats(stop, 3)

    JobRunner(database, {}, [lambda *_: None, lambda *_: None], pulse=beats).run(stop)

    assert beats == [""] * 3


class Line:
    """A connection to Slack."""

    def __init__(self) -> None:
        self.connected = True

    def is_connected(self) -> bool:
        return self.connected


@pytest.fixture
def listeners() -> Iterator[ThreadPoolExecutor]:
    """The one thread of a bot's listeners."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def test_a_bot_beats_unless_all_its_listeners_hang(listeners: ThreadPoolExecutor) -> None:
    stop, free = Event(), Event()
    beats = Beats(stop, 1)
    listeners.submit(free.wait)

    ConnectionListener(Line(), listeners, beats).start(stop)
    assert not stop.wait(0.3)
    free.set()

    assert stop.wait(10)
    assert beats == [""]


def test_a_bot_that_does_not_hear_slack_says_so(
    database: Database, listeners: ThreadPoolExecutor
) -> None:
    stop, line = Event(), Line()
    line.connected = False
    ConnectionListener(line, listeners, Process("bot", database).beat).start(stop)

    eventually(lambda: told(database))
    stop.set()
    assert "is not connected to Slack. It tries again by itself" in told(database)[0]
