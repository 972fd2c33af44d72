"""Slack takes messages long after the relay has given up waiting, or never: each is said once."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Event, Thread

import pytest
from slack_sdk import WebClient
from sqlalchemy import select

from bot.delivery.transport import SlackTransport
from infrastructure.database.engine import Database
from infrastructure.execution.loop import utc_now
from provisioning.outbox import outbox
from provisioning.outbox.models import Card
from provisioning.outbox.relay import Relay
from tests.fakes.slack import Workspace, readable
from tests.provisioning.outbox.floors import Floor, shown
from tests.provisioning.outbox.holding import RandomHolds
from tests.support.fixtures.doors import Clock
from tests.support.installation import CHANNEL
from tests.support.soaking import SOAK, soak, soak_only
from tests.support.waiting import eventually

MESSAGES = 110 if SOAK else 12
CARDS = 10 if SOAK else 3
LAB, DIRECT = "C0LAB", "U0ALICE"
SAID = re.compile(r"message \d+\.|C02AAA0` is done|1 Mac for")


@pytest.fixture(params=["sqlite", "postgresql"] if SOAK else ["sqlite"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database: of both kinds where there is time."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def messages() -> int:
    """The number of messages that are owed."""
    return MESSAGES


@pytest.fixture
def owed(
    database: Database, slack: Workspace, floor: Floor, clock: Clock, messages: int
) -> dict[str, int]:
    """Messages to two channels, a person and the threads of ten cards; some are files.

    Returns the sentences that are to be said, each with the number of times.
    """
    slack.add_channel(LAB, name="lab")
    slack.person(DIRECT, name="alice")
    for number in range(CARDS):
        floor.register(f"C02AAA{number}", channel=(CHANNEL, LAB)[number % 2])
    with database.begin() as session:
        cards = session.scalars(select(Card)).all()
        for number in range(messages):
            card = cards[number // 4 % CARDS] if number % 4 == 3 else None
            channel = card or (CHANNEL, LAB, DIRECT)[number % 3]
            sentence, at = f"message {number}.", clock()
            if number % 10 == 9:
                outbox.enqueue_file(
                    session,
                    channel=channel,
                    name=f"list-{number}.csv",
                    content=b"serial",
                    sentence=sentence,
                    at=at,
                )
            else:
                outbox.enqueue_news(session, channel=channel, sentence=sentence, at=at)
    floor.confirm("C02AAA0")
    once = {f"message {number}.": 1 for number in range(messages)}
    return {**once, "C02AAA0` is done": 1, "1 Mac for": CARDS}


def said(slack: Workspace) -> Counter[str]:
    """The number of times that each sentence was said, in all channels together."""
    texts = [readable(each) for channel in slack.channels.values() for each in channel.messages]
    return Counter(sentence for text in texts for sentence in SAID.findall(text))


@soak_only("test_doubts has each way in which an answer comes late")
@pytest.mark.usefixtures("unhurried")
def test_whatever_slack_holds_is_there_exactly_once(
    database: Database,
    slack: Workspace,
    floor: Floor,
    slack_client: WebClient,
    clock: Clock,
    owed: dict[str, int],
) -> None:
    """The clock goes on a second at a time; what Slack holds waits for it too."""
    with closing(RandomHolds(clock, seed=20261126)) as holds:
        slack.faults.hold = holds
        relays = [Relay(database, SlackTransport(slack_client), clock=clock) for _ in range(2)]
        quiet, pause = 0, 10 if SOAK else 60
        while floor.owed():
            clock.advance(seconds=1 if quiet < 3 else pause)
            quiet += 1
            while relays[0].deliver() or relays[1].deliver():
                quiet = 0
        clock.advance(minutes=10)
        holds.wait_until_over()

    assert said(slack) == owed
    assert floor.refused() == []
    assert holds.held > MESSAGES / 5
    assert holds.lost > MESSAGES / 20


@soak_only("in real time it takes half an hour")
@pytest.mark.parametrize("messages", [MESSAGES // 5])
def test_whatever_slack_holds_is_there_exactly_once_by_the_real_clock(
    database: Database,
    slack: Workspace,
    floor: Floor,
    slack_client: WebClient,
    owed: dict[str, int],
) -> None:
    slack.faults.cut = False
    with closing(RandomHolds(utc_now, seed=20261126)) as holds:
        slack.faults.hold = holds
        relays = [Relay(database, SlackTransport(slack_client)) for _ in range(2)]
        with working(*relays):
            eventually(lambda: not floor.owed(), timeout=3600)
        holds.wait_until_over()

    assert said(slack) == owed
    assert holds.lost


@soak
def test_channels_that_hang_hold_up_no_other(
    database: Database, slack: Workspace, slack_client: WebClient, floor: Floor
) -> None:
    """Not one, and not as many as there are."""
    hanging = {f"C0HANG{number}" for number in range(30 if SOAK else 12)}
    for channel in sorted(hanging):
        slack.add_channel(channel, name=channel.lower())
        floor.register(f"C02{channel}", channel=channel)
    taken = Event()

    slack.faults.cut = False
    slack.faults.hold = lambda call: taken.wait if call.arguments["channel"] in hanging else None
    with working(Relay(database, SlackTransport(slack_client))):
        eventually(lambda: len(slack.calls) == len(hanging))
        floor.trouble("first")
        floor.trouble("second")
        eventually(lambda: len(shown(slack)) == 2)
        assert {call.status for call in slack.calls if call.arguments["channel"] in hanging} == {
            None
        }
        taken.set()

    assert {len(slack.channels[channel].messages) for channel in hanging} == {1}
    assert floor.owed() == 0


@contextmanager
def working(*relays: Relay) -> Iterator[None]:
    """Have relays at work, as their processes have them."""
    stop = Event()
    threads = [Thread(target=relay.run, args=(stop,)) for relay in relays]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
