"""Several relays, and those that come too late."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from slack_sdk import WebClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import rendering, sender
from bot.delivery.sender import METADATA
from bot.delivery.transport import SlackTransport
from infrastructure.database.engine import Database
from provisioning.outbox import claims, ordering
from provisioning.outbox.claims import Claim
from provisioning.outbox.doubts import MAX_DELAY
from provisioning.outbox.models import Notification
from provisioning.outbox.ordering import LEASE
from provisioning.outbox.relay import Relay
from tests.fakes.slack import Workspace
from tests.provisioning.outbox.floors import Floor, shown
from tests.support.databases.turns import meanwhile
from tests.support.fixtures.doors import Clock, DeliverAll
from tests.support.installation import CHANNEL

pytestmark = pytest.mark.postgresql

PAUSE = timedelta(seconds=1)
ClaimNext = Callable[[str], Claim]


@pytest.fixture
def claim(database: Database, clock: Clock) -> ClaimNext:
    """Have a relay of this name claim what is due, a second later."""

    def claimed(holder: str) -> Claim:
        clock.now += PAUSE
        with database.begin() as session:
            found = claims.claim(session, holder, clock())
        assert found is not None
        return found

    return claimed


@pytest.mark.postgresql(instead=True)
def test_a_relay_that_comes_too_late_changes_nothing_of_what_the_next_one_did(
    floor: Floor, claim: ClaimNext, slack: Workspace, relay: Relay, database: Database, clock: Clock
) -> None:
    floor.trouble("told once")
    late = claim("late")
    clock.now += LEASE + MAX_DELAY + PAUSE
    relay.deliver()
    with database.begin() as session:
        claims.refuse(session, late, reason="too late", now=clock())

    assert floor.refused() == []
    assert floor.owed() == 0
    assert len(shown(slack)) == 1


@pytest.mark.postgresql(instead=True)
def test_a_message_without_content_any_more_is_settled(
    floor: Floor, claim: ClaimNext, database: Database, clock: Clock
) -> None:
    floor.trouble("gone")
    claimed = claim("relay")
    with database.begin() as session:
        claims.drop(session, claimed, now=clock())

    assert floor.owed() == 0


@pytest.mark.postgresql(instead=True)
def test_a_relay_looks_no_further_where_no_channel_is_free(
    floor: Floor, relay: Relay, database: Database, clock: Clock
) -> None:
    """A claim would keep others from writing into SQLite, many times a second."""

    def is_any_due(*but: str) -> bool:
        with database.reading() as session:
            return ordering.is_any_due(session, clock(), but=but)

    floor.trouble("one")
    assert is_any_due()
    assert not is_any_due(CHANNEL)
    relay.deliver()
    floor.trouble("another")

    assert not is_any_due()
    clock.advance(seconds=1)
    assert is_any_due()


@pytest.mark.postgresql(instead=True)
def test_a_relay_that_comes_too_late_does_not_end_the_doubt_of_the_next_one(
    floor: Floor, claim: ClaimNext, database: Database, clock: Clock
) -> None:
    floor.trouble("told once")
    late = claim("late")
    clock.advance(seconds=60)
    claim("the one that dies while sending")
    with database.begin() as session:
        claims.postpone(
            session, late, in_doubt=False, until=clock(), reason="ratelimited", now=clock()
        )
    clock.advance(seconds=60)

    assert claim("third").doubt is not None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_channel_that_another_relay_claims_at_this_moment_is_passed_over(
    floor: Floor, relay: Relay, database: Database, clock: Clock, slack: Workspace
) -> None:
    def claim(session: Session) -> str:
        found = claims.claim(session, "relay", clock())
        return found.notification.channel if found else ""

    channels = {CHANNEL, slack.add_channel("C0LAB", name="lab").id}
    for channel in channels:
        floor.tell("first", to=channel)
        relay.deliver()
    clock.advance(seconds=1)
    for channel in channels:
        floor.tell("second", to=channel)

    assert {*meanwhile(database, claim)} == channels


@pytest.mark.postgresql(instead=True)
def test_five_relays_send_every_message_once(
    floor: Floor, slack: Workspace, database: Database, slack_client: WebClient, clock: Clock
) -> None:
    channels = [f"C0LAB{number}" for number in range(6)]
    for channel in channels:
        slack.add_channel(channel, name=channel.lower())
        floor.register(f"C02{channel}", channel=channel)
    relays = [Relay(database, SlackTransport(slack_client), clock=clock) for _ in range(5)]

    def work(relay: Relay) -> None:
        for _ in range(8):
            relay.deliver()

    threads = [threading.Thread(target=work, args=(relay,)) for relay in relays]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [len(shown(slack, channel)) for channel in channels] == [1] * 6
    assert floor.owed() == 0


@pytest.mark.postgresql(instead=True)
def test_a_relay_that_died_leaves_its_channel_to_the_next_after_the_lease(
    floor: Floor, claim: ClaimNext, slack: Workspace, database: Database, relay: Relay, clock: Clock
) -> None:
    floor.trouble("told once")
    claim("the one that dies")

    assert not relay.deliver()
    clock.now += LEASE + PAUSE
    assert relay.deliver()
    assert shown(slack) == [], "the one that died may have sent it, and Slack may take it yet"
    clock.now += MAX_DELAY
    assert relay.deliver()

    assert len(shown(slack)) == 1
    with database.reading() as session:
        assert session.scalars(select(Notification.attempts)).one() == 3


@pytest.mark.postgresql(instead=True)
def test_a_message_that_slack_took_from_a_relay_that_died_is_not_sent_again(
    floor: Floor,
    claim: ClaimNext,
    slack: Workspace,
    slack_client: WebClient,
    relay: Relay,
    clock: Clock,
) -> None:
    """It was killed in the middle of a post that Slack takes ten minutes later."""
    floor.trouble("told once")
    claimed = claim("the one that dies")
    clock.now += LEASE + PAUSE
    assert relay.deliver()
    clock.advance(minutes=9)
    key = {"key": claimed.notification.key}
    metadata = {"event_type": METADATA, "event_payload": key}
    slack_client.chat_postMessage(channel=CHANNEL, text="told once", metadata=metadata)
    clock.now += MAX_DELAY
    assert relay.deliver()

    assert shown(slack) == ["told once"]
    assert floor.owed() == 0


@pytest.mark.postgresql(instead=True)
def test_macs_in_the_last_message_of_a_relay_that_died_are_not_named_again(
    floor: Floor,
    claim: ClaimNext,
    slack: Workspace,
    slack_client: WebClient,
    database: Database,
    deliver_all: DeliverAll,
    clock: Clock,
) -> None:
    floor.register("C02AAA", "C02BBB", "C02CCC")
    deliver_all()
    floor.confirm("C02AAA")
    floor.confirm("C02BBB")
    clock.advance(minutes=15)
    claimed = claim("the one that dies")
    assert len(claimed.covers) == 2
    with database.reading() as session:
        posting = rendering.draw(session, claimed, clock())
    assert posting is not None
    sender.send(slack_client, posting, claimed, clock)
    clock.now += LEASE + PAUSE
    deliver_all()
    clock.now += MAX_DELAY
    deliver_all()

    told = "\n".join(m.text for m in slack.channels[CHANNEL].messages[1:])
    assert [told.count(mac) for mac in ("`C02AAA`", "`C02BBB`")] == [1, 1], told


def test_a_relay_whose_lease_ran_out_does_not_free_the_channel_of_the_next(
    floor: Floor, claim: ClaimNext, database: Database, clock: Clock
) -> None:
    floor.trouble("first")
    late = claim("late")
    clock.advance(seconds=60)
    claim("next")
    with database.begin() as session:
        claims.settle(session, late, ts="1.0", now=clock())

    with database.begin() as session:
        assert claims.claim(session, "third", clock()) is None


@pytest.mark.postgresql(instead=True)
def test_each_attempt_is_counted_by_kind_and_outcome(
    floor: Floor, slack: Workspace, database: Database, slack_client: WebClient, clock: Clock
) -> None:
    counted: list[tuple[str, str]] = []
    relay = Relay(
        database,
        SlackTransport(slack_client),
        clock=clock,
        count=lambda kind, outcome: counted.append((kind, outcome)),
    )
    floor.trouble("told")
    relay.deliver()
    slack.channels[CHANNEL].archived = True
    floor.trouble("not told")
    clock.advance(seconds=2)
    relay.deliver()

    assert counted == [("trouble", "sent"), ("trouble", "refused")]
