"""Heartbeats in the database: who works, who is missing, and who tells."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from bot.delivery.transport import SlackTransport
from bot.slack.web.heartbeat import ConnectionListener
from infrastructure.database.engine import Database
from infrastructure.heartbeats import files, probe, store
from infrastructure.heartbeats.files import CONNECTING, SILENT, Beat
from infrastructure.heartbeats.models import Heartbeat
from infrastructure.heartbeats.process import Process
from infrastructure.jobs.runner import JobRunner
from provisioning.diagnostics import absences
from provisioning.outbox.relay import Relay
from tests.support.databases import postgres
from tests.support.waiting import eventually

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


def told(database: Database, *wanted: str) -> list[str]:
    with database.reading() as session:
        return [str(finding) for finding in absences(session, wanted)]


def test_who_works_is_not_missing_and_who_was_never_there_is(
    database: Database, start: Start
) -> None:
    start("relay")

    assert told(database, "relay") == []
    [sentence] = told(database, "relay", "jobs")
    assert sentence == (
        "No job runner is running: files are not read and silence is not noticed. "
        "Run `boot.sh jobs`."
    )


def test_who_fell_silent_is_missing_since_then(database: Database, start: Start) -> None:
    fall_silent(database, relay := start("relay"), minutes=2)

    [sentence] = told(database, "relay")
    assert "has been silent since 20" in sentence
    assert "Look at its log, and start it again: `boot.sh relay`." in sentence

    relay.end()
    assert told(database) == []
    assert told(database, "relay") == [
        "No relay is running: Slack is told nothing. Run `boot.sh relay`."
    ]


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
    assert (beat.doing, beat.patience) == ("busy with statistics", SILENT + 180)
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


class Beats(list[str]):
    """A pulse that remembers, and ends the loop after some."""

    def __init__(self, stop: Event, most: int) -> None:
        super().__init__()
        self._stop, self._most = stop, most

    def __call__(self, doing: str = "", seconds: float = 0) -> None:
        assert seconds == 0
        self.append(doing)
        if len(self) >= self._most:
            self._stop.set()


def test_a_relay_beats_in_each_round(database: Database, slack_client: object) -> None:
    stop = Event()
    beats = Beats(stop, 3)

    Relay(database, SlackTransport(slack_client), pulse=beats).run(stop)  # type: ignore[arg-type]

    assert beats == [""] * 3


@pytest.mark.postgresql
def test_a_job_runner_beats_in_each_round_and_before_each_duty(database: Database) -> None:
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
    try:
        assert not stop.wait(0.3)
    finally:
        free.set()

    assert stop.wait(30)
    assert beats == [""]


def test_a_bot_that_connects_for_the_first_time_is_not_there_yet_and_no_fault(
    database: Database, listeners: ThreadPoolExecutor, tmp_path: Path
) -> None:
    stop, line, process = Event(), Line(), Process("bot", database)
    line.connected = False
    process.start(tmp_path, CONNECTING)
    before = probe.examined(tmp_path, "bot")

    ConnectionListener(line, listeners, process.beat).start(stop)
    try:
        eventually(lambda: told(database, "bot") == [])
        assert probe.examined(tmp_path, "bot") == before
        ConnectionListener(Line(), listeners, process.beat).start(stop)
        eventually(lambda: probe.examined(tmp_path, "bot").healthy)
    finally:
        stop.set()

    assert (before.healthy, before.sentence) == (False, "The bot is connecting to Slack.")


def test_no_restart_is_asked_for_where_slack_does_not_answer_for_long(
    database: Database, listeners: ThreadPoolExecutor, tmp_path: Path
) -> None:
    stop, line, process = Event(), Line(), Process("bot", database)
    line.connected = False
    process.start(tmp_path, CONNECTING)

    ConnectionListener(line, listeners, process.beat, first=0).start(stop)
    try:
        eventually(lambda: told(database))
    finally:
        stop.set()

    assert probe.examined(tmp_path, "bot").healthy


def test_a_bot_that_does_not_hear_slack_says_so(
    database: Database, listeners: ThreadPoolExecutor
) -> None:
    stop, line = Event(), Line()
    line.connected = False
    listener = ConnectionListener(line, listeners, Process("bot", database).beat)
    listener.refusal = "invalid_auth: check SLACK_APP_TOKEN"
    listener.start(stop)

    try:
        eventually(lambda: told(database))
    finally:
        stop.set()
    assert (
        "is not connected to Slack: invalid_auth: check SLACK_APP_TOKEN. It tries again by itself."
        in told(database)[0]
    )
