"""Lists that people drop into a channel: the channel sees the dry run once, not its later news."""

from collections.abc import Callable

import pytest
from slack_sdk import WebClient

from tests.bot.imports.conftest import Work, in_thread
from tests.fakes.slack import Message, Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import Clock
from tests.support.installation import CHANNEL
from tests.support.soaking import in_soak, rows_in_soak
from tests.support.waiting import eventually

Seen = Callable[[], list[str]]

pytestmark = pytest.mark.usefixtures("unhurried", "bot")

LIST = ("macs.csv", b"Serial,Site,Build\nC02XG0FDJGH5,london,design\n")


@pytest.fixture
def seen(slack_client: WebClient) -> Seen:
    """The messages of the bot that the channel shows without opening a thread."""

    def read() -> list[str]:
        history = slack_client.conversations_history(channel=CHANNEL)
        return [each["ts"] for each in history["messages"] if each.get("bot_id")]

    return read


def test_a_channel_sees_the_dry_run_of_a_dropped_list_and_later_news_stay_in_the_thread(
    alice: Person, slack: Workspace, work_all: Work, seen: Seen
) -> None:
    dropped = alice.drop(CHANNEL, LIST)
    work_all()
    (shown,) = in_thread(slack, dropped)
    assert seen() == [shown.ts]

    alice.click(shown, "import")
    eventually(lambda: alice.ephemerals)
    work_all()
    assert "Registered 1 Mac" in readable(shown)
    assert [each.broadcast for each in in_thread(slack, dropped)] == [True]


def test_a_list_with_a_word_to_rollcall_is_seen_in_the_channel_while_it_is_read(
    alice: Person, slack: Workspace, deliver: Work, work_all: Work, seen: Seen
) -> None:
    dropped = alice.drop(CHANNEL, LIST, text=f"<@{slack.app.bot_user_id}> here they are")
    deliver()
    (shown,) = in_thread(slack, dropped)
    assert "Reading" in readable(shown)
    work_all()

    assert "can be registered" in readable(shown)
    assert seen() == [shown.ts]


@rows_in_soak("neither a thread nor Rollcall alone is the channel", "in a thread")
@pytest.mark.parametrize(
    "in_a_thread",
    [True, *in_soak("a conversation has no channel", False)],
    ids=["in a thread", "to Rollcall alone"],
)
def test_what_was_handed_in_away_from_the_channel_stays_there(
    alice: Person, slack: Workspace, work_all: Work, seen: Seen, in_a_thread: bool
) -> None:
    if in_a_thread:
        parent: Message = alice.say(CHANNEL, "the order of March")
        alice.drop(CHANNEL, LIST, thread_ts=parent.ts)
    else:
        parent = alice.drop(alice.dm.id, LIST)
    work_all()

    (shown,) = [each for each in in_thread(slack, parent) if each.bot]
    assert (shown.broadcast, seen()) == (False, [])


def test_a_dry_run_whose_answer_was_lost_is_found_and_seen_once(
    alice: Person, slack: Workspace, work_all: Work, clock: Clock, seen: Seen
) -> None:
    slack.faults.lose_replies(methods={"chat.postMessage"})
    dropped = alice.drop(CHANNEL, LIST)
    work_all()
    clock.advance(hours=1)
    work_all()

    assert [call.method for call in slack.calls].count("chat.postMessage") == 1
    (shown,) = in_thread(slack, dropped)
    assert seen() == [shown.ts]
