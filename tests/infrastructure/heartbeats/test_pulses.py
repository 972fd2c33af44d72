"""Heartbeats of loops: a relay, a job runner, and a bot with its connection to Slack."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy.exc import OperationalError

from bot.delivery.transport import SlackTransport
from bot.slack.web.heartbeat import ConnectionListener
from infrastructure.database.engine import Database
from infrastructure.heartbeats import probe
from infrastructure.heartbeats.files import CONNECTING
from infrastructure.heartbeats.process import Process, unheard
from infrastructure.jobs.runner import JobRunner
from provisioning.outbox.relay import Relay
from tests.infrastructure.heartbeats.absent import told
from tests.support.waiting import eventually

pytestmark = pytest.mark.postgresql(instead=True)


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


def one() -> int:
    """The number of bots of an installation."""
    return 1


@pytest.fixture
def listeners() -> Iterator[ThreadPoolExecutor]:
    """The one thread of a bot's listeners."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def test_a_bot_beats_unless_all_its_listeners_hang(listeners: ThreadPoolExecutor) -> None:
    stop, free = Event(), Event()
    beats = Beats(stop, 1)
    listeners.submit(free.wait)

    ConnectionListener(Line(), listeners, beats, bots=one).start(stop)
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

    ConnectionListener(line, listeners, process.beat, bots=one).start(stop)
    try:
        eventually(lambda: told(database, "bot") == [])
        assert probe.examined(tmp_path, "bot") == before
        ConnectionListener(Line(), listeners, process.beat, bots=one).start(stop)
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

    ConnectionListener(line, listeners, process.beat, bots=one, first=0).start(stop)
    try:
        eventually(lambda: told(database))
    finally:
        stop.set()

    assert probe.examined(tmp_path, "bot").healthy


def test_a_bot_beside_which_another_installation_listens_says_so_until_it_is_alone(
    database: Database, listeners: ThreadPoolExecutor
) -> None:
    """As a copy of the machine does, which has the same tokens."""
    stop, process = Event(), Process("bot", database)
    Process("relay", database).beat()
    listener = ConnectionListener(Line(), listeners, process.beat, bots=process.peers)
    listener.greeted(2)
    listener.start(stop)

    try:
        eventually(lambda: told(database))
    finally:
        stop.set()
    assert (
        "is not alone with SLACK_APP_TOKEN: 2 are connected, 1 of this installation. Slack gives "
        "each of them some of the commands." in told(database)[0]
    )

    listener.greeted(2)  # with its former connection, or with that of the other
    assert listener.sharing
    listener.greeted(1)
    assert listener.sharing == ""
    listener.greeted(2)
    assert listener.sharing == ""
    listener.greeted(3)
    assert listener.sharing


def test_bots_of_one_installation_are_no_others(
    database: Database, listeners: ThreadPoolExecutor
) -> None:
    Process("bot", database).beat()
    process = Process("bot", database)
    listener = ConnectionListener(Line(), listeners, process.beat, bots=process.peers)

    listener.greeted(2)
    assert listener.sharing == ""
    listener.greeted(4)
    assert listener.sharing == ""


def test_a_bot_of_ours_whose_heartbeat_comes_later_is_no_other(
    database: Database, listeners: ThreadPoolExecutor
) -> None:
    stop, process = Event(), Process("bot", database)
    listener = ConnectionListener(Line(), listeners, process.beat, bots=process.peers)
    listener.greeted(2)
    assert listener.sharing

    Process("bot", database).beat()
    listener.start(stop)
    try:
        eventually(lambda: not listener.sharing)
    finally:
        stop.set()


def test_a_greeting_while_the_database_is_away_is_the_first_one_too(
    listeners: ThreadPoolExecutor,
) -> None:
    answers: list[Exception | int] = [OperationalError("SELECT", {}, Exception("away")), 1, 1]

    def bots() -> int:
        answer = answers.pop(0)
        if isinstance(answer, int):
            return answer
        raise answer

    listener = ConnectionListener(Line(), listeners, unheard, bots=bots)
    with pytest.raises(OperationalError):
        listener.greeted(1)

    listener.greeted(2)  # its own new connection, and the former one
    assert listener.sharing == ""
    listener.greeted(3)
    assert listener.sharing


def test_a_bot_that_does_not_hear_slack_says_so(
    database: Database, listeners: ThreadPoolExecutor
) -> None:
    stop, line = Event(), Line()
    line.connected = False
    listener = ConnectionListener(line, listeners, Process("bot", database).beat, bots=one)
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
