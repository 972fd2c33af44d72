"""Messages without an answer: looked for in Slack, and sent again only where they are lost."""

from datetime import timedelta
from threading import Event

import pytest

from provisioning.outbox.doubts import FIRST_LOOK, MAX_DELAY
from provisioning.outbox.relay import Relay
from tests.fakes.slack import Workspace
from tests.fakes.slack.web.calls import Call
from tests.fakes.slack.web.faults import Wait
from tests.provisioning.outbox.floors import Floor, shown
from tests.support.fixtures.doors import Clock, DeliverAll
from tests.support.installation import CHANNEL
from tests.support.soaking import in_soak
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unhurried")
MOMENT = timedelta(seconds=1.25)


class Hold:
    """A Slack that holds one message, edit or file until it is taken, or for ever."""

    def __init__(self, slack: Workspace) -> None:
        self._slack = slack
        self._taken = Event()

    def next(self, method: str = "", *, for_ever: bool = False) -> None:
        """Hold the next one, of this method where one is named."""

        def hold(call: Call) -> Wait | None:
            if method not in ("", call.method):
                return None
            self._slack.faults.hold = None
            return (lambda: False) if for_ever else self._taken.wait

        self._slack.faults.hold = hold

    def take(self) -> None:
        """Let Slack take what it holds; return once it has."""
        call = next(call for call in self._slack.calls if call.status is None)
        self._taken.set()
        eventually(lambda: call.status is not None)


@pytest.fixture
def hold(slack: Workspace) -> Hold:
    """The hold on Slack's calls, which holds none yet."""
    return Hold(slack)


def looks(slack: Workspace) -> list[Call]:
    """The questions of the relay for what it may have posted."""
    return [call for call in slack.calls if call.method == "conversations.history"]


@pytest.mark.parametrize(
    ("place", "is_thread", "file"),
    [
        (CHANNEL, True, False),
        ("U0ALICE", False, True),
        *in_soak("looked for as these are", (CHANNEL, False, False), (CHANNEL, True, True)),
    ],
)
def test_what_slack_takes_late_is_found_and_not_said_again(
    floor: Floor,
    slack: Workspace,
    deliver_all: DeliverAll,
    hold: Hold,
    clock: Clock,
    place: str,
    is_thread: bool,
    file: bool,
) -> None:
    slack.person("U0ALICE", name="alice")
    floor.register("C02AAA")
    deliver_all()
    floor.tell("held", to=place, thread=is_thread, file=file)
    hold.next()
    deliver_all()
    for _ in range(3):
        clock.advance(minutes=3)
        deliver_all()
    assert floor.owed() == 1
    hold.take()
    clock.now += MAX_DELAY
    deliver_all()

    everything = [message.text for each in slack.channels.values() for message in each.messages]
    assert sum("held" in text for text in everything) == 1
    assert floor.owed() == 0


def test_what_slack_never_takes_is_said_again_when_it_is_lost_and_not_before(
    floor: Floor, slack: Workspace, relay: Relay, hold: Hold, clock: Clock
) -> None:
    floor.tell("held")
    hold.next(for_ever=True)
    relay.deliver()
    given_up = clock()
    while clock() < given_up + MAX_DELAY - timedelta(minutes=1):
        clock.advance(seconds=50)
        relay.deliver()
    assert shown(slack) == []
    clock.now = given_up + MAX_DELAY
    relay.deliver()

    assert len(shown(slack)) == 1
    assert floor.owed() == 0


def test_a_doubt_ends_as_soon_as_the_message_is_found(
    floor: Floor, relay: Relay, hold: Hold, clock: Clock
) -> None:
    floor.tell("held")
    hold.next()
    relay.deliver()
    hold.take()
    clock.now += FIRST_LOOK
    relay.deliver()

    assert floor.owed() == 0


def test_slack_is_asked_ever_more_rarely(
    floor: Floor, slack: Workspace, relay: Relay, hold: Hold, clock: Clock
) -> None:
    floor.tell("held")
    hold.next(for_ever=True)
    relay.deliver()
    given_up = clock()
    while clock() < given_up + MAX_DELAY:
        clock.advance(seconds=40)
        relay.deliver()

    assert 5 <= len(looks(slack)) <= 10


def test_slack_is_asked_for_what_came_behind_the_last_message_alone(
    floor: Floor, slack: Workspace, relay: Relay, hold: Hold, clock: Clock
) -> None:
    floor.tell("first")
    relay.deliver()
    [first] = slack.channels[CHANNEL].messages
    clock.advance(seconds=20)
    floor.tell("held")
    hold.next(for_ever=True)
    relay.deliver()
    clock.advance(seconds=20)
    relay.deliver()

    assert {str(look.arguments["oldest"]) for look in looks(slack)} == {first.ts}


def test_only_the_news_of_the_same_card_waits_for_what_is_in_doubt(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll, hold: Hold, clock: Clock
) -> None:
    floor.register("C02AAA", "C02BBB")
    deliver_all()
    floor.tell("first", thread=True)
    floor.tell("second", thread=True)
    floor.tell("of something else")
    hold.next(for_ever=True)
    deliver_all()
    assert shown(slack)[1:] == ["of something else"]
    floor.confirm("C02AAA")
    deliver_all()
    assert "1 confirmed" in shown(slack)[0], "a card shows how things are at any time"
    clock.now += MAX_DELAY
    deliver_all()

    told = [text for text in shown(slack) if not text.startswith("2 Macs")]
    assert [text.split()[0] for text in told[:3]] == ["of", "first", "second"]
    assert "C02AAA" in told[3]


@pytest.mark.postgresql(soak=True)
def test_what_a_thread_is_told_waits_for_the_card_above_it(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll, hold: Hold, clock: Clock
) -> None:
    floor.register("C02AAA")
    floor.tell("in its thread", thread=True)
    hold.next()
    deliver_all()
    assert shown(slack) == []
    hold.take()
    clock.advance(minutes=1)
    deliver_all()

    card, told = slack.channels[CHANNEL].messages
    assert told.thread_ts == card.ts


def test_an_edit_that_slack_takes_late_does_not_stay(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll, hold: Hold, clock: Clock
) -> None:
    """The card would show for ever how things were."""
    floor.register("C02AAA", "C02BBB")
    deliver_all()
    floor.confirm("C02AAA")
    hold.next("chat.update")
    deliver_all()
    floor.confirm("C02BBB")
    deliver_all()
    assert "2 confirmed" in shown(slack)[0]
    hold.take()
    assert "1 confirmed" in shown(slack)[0]
    clock.now += MAX_DELAY
    deliver_all()

    assert "2 confirmed" in shown(slack)[0]


def test_a_confirmation_is_found_in_the_thread_when_the_batch_is_complete_by_now(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll, hold: Hold, clock: Clock
) -> None:
    """It would now be said in the channel."""
    floor.register("C02AAA", "C02BBB")
    deliver_all()
    floor.confirm("C02AAA")
    hold.next("chat.postMessage")
    deliver_all()
    hold.take()
    floor.confirm("C02BBB")
    clock.now += MAX_DELAY
    deliver_all()

    _, in_thread, news = shown(slack)
    assert "C02AAA" in in_thread
    assert "All done" in news


@pytest.mark.parametrize("hours", [-91, 91])
def test_a_clock_that_is_wrong_finds_what_slack_took(
    floor: Floor, slack: Workspace, relay: Relay, clock: Clock, hours: int
) -> None:
    clock.advance(hours=hours)
    for number in range(2):
        floor.tell(f"told {number}")
        slack.faults.lose_replies(methods=["chat.postMessage"])
        clock.now += MOMENT
        relay.deliver()
        clock.now += MAX_DELAY
        relay.deliver()

    assert len(shown(slack)) == 2
    assert floor.owed() == 0
