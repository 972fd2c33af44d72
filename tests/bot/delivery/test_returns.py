"""A channel that did not hear Rollcall for a while: who is told, and what follows when it does."""

from collections.abc import Callable, Collection
from datetime import timedelta

import pytest
from slack_sdk import WebClient
from sqlalchemy import select, update

from bot.delivery import rendering
from bot.delivery.transport import SlackTransport
from bot.slack.web.results import OF_INSTALLATION
from infrastructure.database.engine import Database
from provisioning.outbox import outbox
from provisioning.outbox.models import AWAY, FILE, PARKED, Notification
from provisioning.outbox.refusals import held, unheard
from provisioning.outbox.refusals.held import MAX_REPEATED
from provisioning.outbox.relay import Relay
from tests.bot.commands.typed import typed
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.provisioning.outbox.floors import shown
from tests.support.fixtures.doors import Clock, DeliverAll
from tests.support.installation import CHANNEL

pytestmark = pytest.mark.usefixtures("unhurried", "bot")

Enqueue = Callable[..., None]


@pytest.fixture
def admins(bob: Person) -> Collection[str]:
    """The admins of the policy."""
    return [bob.id]


@pytest.fixture
def relay(
    database: Database, slack_client: WebClient, clock: Clock, admins: Collection[str]
) -> Relay:
    """A relay that tells people of channels which refuse it."""
    return Relay(
        database,
        SlackTransport(slack_client),
        clock=clock,
        tell_refused=lambda *refusal: unheard.tell(*refusal, admins=admins),
    )


@pytest.fixture
def enqueue(database: Database, clock: Clock) -> Enqueue:
    """Enqueue news for the channel."""

    def news(*sentences: str, age: timedelta = timedelta(0), channel: str = CHANNEL) -> None:
        with database.begin() as session:
            for sentence in sentences:
                at = clock() - age
                outbox.enqueue_news(session, channel=channel, sentence=sentence, at=at)

    return news


def refused(database: Database) -> int:
    with database.reading() as session:
        query = select(Notification.id).where(Notification.state == PARKED)
        return len(session.scalars(query).all())


def test_who_registers_for_a_channel_that_does_not_hear_is_told_at_once_and_the_admins_once(
    alice: Person, bob: Person, slack: Workspace, deliver_all: DeliverAll
) -> None:
    slack.channels[CHANNEL].bot_is_member = False
    for serial in ("C02AAA", "C02BBB"):
        typed(alice, f"register {serial} london design")
        deliver_all()

    told = shown(slack, alice.dm.id)
    assert len(told) == 2  # once for each of her cards
    assert (
        f"Rollcall cannot post in <#{CHANNEL}> (not_\u200bin_\u200bchannel: invite the bot"
        in told[0]
    )
    assert len(shown(slack, bob.dm.id)) == 1


def test_who_registers_is_told_nothing_of_their_channel_where_one_message_alone_is_refused(
    alice: Person, slack: Workspace, deliver_all: DeliverAll, database: Database
) -> None:
    typed(alice, "register C02AAA london design")
    slack.faults.fail("some_new_error", methods=["chat.postMessage"])
    deliver_all()

    assert refused(database) == 1
    assert shown(slack, alice.dm.id) == []


def test_an_invitation_sends_the_cards_as_they_are_now(
    alice: Person, slack: Workspace, deliver_all: DeliverAll, database: Database
) -> None:
    slack.channels[CHANNEL].bot_is_member = False
    typed(alice, "register C02AAA london design")
    deliver_all()
    typed(alice, "move C02AAA paris kiosk")
    deliver_all()

    alice.invite_bot(CHANNEL)
    deliver_all()

    assert refused(database) == 0
    assert "*paris* / *kiosk*" in "".join(shown(slack))


@pytest.mark.parametrize("private", [False, True])
def test_taking_the_channel_out_of_the_archive_sends_what_waited(
    alice: Person, slack: Workspace, deliver_all: DeliverAll, enqueue: Enqueue, private: bool
) -> None:
    slack.channels[CHANNEL].private = private
    slack.channels[CHANNEL].archived = True
    enqueue("One thing happened.")
    deliver_all()

    alice.unarchive(CHANNEL)
    deliver_all()

    assert shown(slack) == ["One thing happened."]


@pytest.mark.postgresql(instead=True)
def test_several_messages_come_as_one_the_oldest_first(
    alice: Person, slack: Workspace, deliver_all: DeliverAll, enqueue: Enqueue, database: Database
) -> None:
    slack.channels[CHANNEL].bot_is_member = False
    enqueue("One thing happened.", "Another one.", "A third one.")
    deliver_all()
    assert refused(database) == 3

    alice.invite_bot(CHANNEL)
    alice.invite_bot(CHANNEL)  # Slack may send the event twice
    deliver_all()

    [one] = shown(slack)
    assert one == (
        "*While Rollcall was away:*\n• One thing happened.\n• Another one.\n• A third one."
    )


def test_all_kinds_but_files_and_what_repeats_others_are_repeated() -> None:
    assert rendering._RENDERERS.keys() - {AWAY, FILE} == held.LINES  # noqa: SLF001


def test_a_message_of_a_newer_release_keeps_no_other_from_being_told(
    alice: Person,
    slack: Workspace,
    deliver_all: DeliverAll,
    enqueue: Enqueue,
    database: Database,
    clock: Clock,
) -> None:
    """As after the way back to this one, which knows no message of that kind, and keeps it."""
    slack.channels[CHANNEL].bot_is_member = False
    enqueue("One thing happened.", "Another one.")
    with database.begin() as session:
        outbox.enqueue_message(session, "novelty", channel=CHANNEL, payload={}, at=clock())
    deliver_all()

    alice.invite_bot(CHANNEL)
    deliver_all()

    assert shown(slack) == ["*While Rollcall was away:*\n• One thing happened.\n• Another one."]
    with database.reading() as session:
        [kept] = session.scalars(select(Notification).where(Notification.state == PARKED))
        assert kept.kind == "novelty"


def test_what_may_be_shown_already_is_looked_for_and_not_repeated(
    alice: Person,
    slack: Workspace,
    deliver_all: DeliverAll,
    enqueue: Enqueue,
    database: Database,
    clock: Clock,
) -> None:
    slack.faults.lose_replies()
    enqueue("It was shown, and no answer came.")
    deliver_all()
    slack.channels[CHANNEL].bot_is_member = False
    enqueue("One thing happened.", "Another one.")
    clock.advance(minutes=20)
    deliver_all()
    assert refused(database) == 3

    alice.invite_bot(CHANNEL)
    deliver_all()

    first, others = shown(slack)
    assert first == "It was shown, and no answer came."
    assert others.startswith("*While Rollcall was away:*\n• One thing happened.")


def test_what_is_older_than_a_week_is_counted(
    alice: Person, slack: Workspace, deliver_all: DeliverAll, enqueue: Enqueue
) -> None:
    slack.channels[CHANNEL].bot_is_member = False
    enqueue("Old thing.", "Another old thing.", age=timedelta(days=8))
    enqueue("A new thing.")
    deliver_all()

    alice.invite_bot(CHANNEL)
    deliver_all()

    old, new = shown(slack)
    assert old.startswith("While Rollcall was away: 2 messages from more than a week ago")
    assert "• A new thing." in new
    assert "ld thing" not in old + new


def test_no_line_of_many_is_lost(
    alice: Person, slack: Workspace, deliver_all: DeliverAll, enqueue: Enqueue, database: Database
) -> None:
    slack.channels[CHANNEL].bot_is_member = False
    enqueue(*(f"Thing {number} {'x' * 400}" for number in range(MAX_REPEATED + 1)))
    with database.begin() as session:  # as the relay leaves each that Slack refused
        refusal = {"state": PARKED, "reason": "not_in_channel"}
        session.execute(update(Notification).values(**refusal))

    alice.invite_bot(CHANNEL)
    deliver_all()

    written = "\n".join(shown(slack))
    assert [number for number in range(MAX_REPEATED + 1) if f"Thing {number} " not in written] == []
    assert len(shown(slack)) == 2


def test_another_channel_is_left_alone(
    alice: Person, slack: Workspace, deliver_all: DeliverAll, enqueue: Enqueue, database: Database
) -> None:
    for channel in (CHANNEL, "C0OTHER"):
        slack.add_channel(channel, name=channel.lower(), bot_is_member=False)
        enqueue("It happened.", channel=channel)
    deliver_all()

    alice.invite_bot(CHANNEL)
    deliver_all()

    assert shown(slack) == ["It happened."]
    assert refused(database) == 1


def test_what_was_refused_for_the_installation_alone_follows_a_new_one(
    slack: Workspace, deliver_all: DeliverAll, enqueue: Enqueue, database: Database, clock: Clock
) -> None:
    slack.faults.fail("token_revoked", methods=["chat.postMessage"])
    enqueue("It happened.")
    deliver_all()
    slack.channels[CHANNEL].bot_is_member = False
    enqueue("More happened.")
    deliver_all()
    assert refused(database) == 2

    slack.channels[CHANNEL].bot_is_member = True
    with database.begin() as session:
        assert held.release_refused_for(session, OF_INSTALLATION, clock()) == 1
    deliver_all()

    assert shown(slack) == ["It happened."]
