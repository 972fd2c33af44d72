"""Cards and news: they are posted, and cards are edited as they change."""

import sqlite3
from typing import cast

import pytest
from slack_sdk import WebClient
from sqlalchemy.orm import Session

from bot.delivery.transport import SlackTransport
from infrastructure.database.engine import Database
from provisioning.firstboot import placement
from provisioning.firstboot.confirmation import Confirmation
from provisioning.munki import Destination, MunkiRepo
from provisioning.outbox import outbox
from provisioning.outbox.models import BATCH, Card
from provisioning.outbox.relay import Relay
from provisioning.values.serials import Serial
from tests.fakes.slack import Workspace
from tests.provisioning.outbox.floors import Floor, shown
from tests.support import acting
from tests.support.acting import LONDON
from tests.support.fixtures.doors import Clock, DeliverAll
from tests.support.installation import CHANNEL


def test_a_card_is_posted_and_then_edited_in_place(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll
) -> None:
    floor.register("C02AAA", "C02BBB")
    deliver_all()
    floor.confirm("C02AAA")
    deliver_all()

    card, confirmation = slack.channels[CHANNEL].messages
    assert card.edited == 1
    assert "1 waiting, 1 confirmed" in card.text
    assert "C02AAA" in confirmation.text


@pytest.mark.postgresql(soak=True)
def test_ten_changes_of_a_card_are_one_edit(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll, database: Database, clock: Clock
) -> None:
    floor.register("C02AAA")
    deliver_all()
    for number in range(10):
        to = Destination(("paris", "london")[number % 2], "basic")
        acting.move_now(database, "C02AAA", to, by="U1", at=clock())
    deliver_all()

    [card] = slack.channels[CHANNEL].messages
    assert card.edited == 1
    assert floor.owed() == 0


@pytest.mark.postgresql(soak=True)
def test_a_change_while_a_card_is_on_its_way_is_drawn_again(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll
) -> None:
    def confirm_once(_: object) -> None:
        slack.faults.before_reply = None
        floor.confirm("C02AAA")

    floor.register("C02AAA")
    slack.faults.before_reply = confirm_once
    deliver_all()

    assert "1 confirmed" in shown(slack)[0]


@pytest.mark.postgresql(soak=True)
def test_one_message_a_second_and_channel(
    floor: Floor, slack: Workspace, relay: Relay, clock: Clock
) -> None:
    slack.add_channel("C0OTHER", name="other")
    floor.register("C02AAA")
    floor.register("C02BBB")
    floor.register("C03AAA", channel="C0OTHER")

    assert [relay.deliver() for _ in range(3)] == [True, True, False]
    clock.advance(seconds=0.9)
    assert not relay.deliver()
    clock.advance(seconds=0.2)
    assert relay.deliver()
    assert (len(shown(slack)), len(shown(slack, "C0OTHER"))) == (2, 1)


def test_news_is_told_in_the_order_in_which_it_happened(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll
) -> None:
    floor.trouble("first")
    floor.trouble("second")
    floor.trouble("third")
    deliver_all()

    assert [text.split(": ")[2] for text in shown(slack)] == ["first", "second", "third"]


@pytest.mark.postgresql(soak=True)
def test_the_same_trouble_is_told_once_a_day(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll, clock: Clock
) -> None:
    assert [floor.trouble("the disk is full") for _ in range(3)] == [True, False, False]
    clock.advance(days=1)
    assert floor.trouble("the disk is full")
    deliver_all()

    assert len(shown(slack)) == 2


def test_a_change_that_commits_while_its_card_is_on_the_way_is_drawn_after_all(
    slack: Workspace, postgresql_url: str, slack_client: WebClient, repo: MunkiRepo
) -> None:
    """On PostgreSQL a lower id may become visible after a higher one."""
    slack.pace.rate = None
    clock, database = Clock(), Database(postgresql_url)
    floor = Floor(database, repo, clock)
    relay = Relay(database, SlackTransport(slack_client), clock=clock)

    def deliver(times: int) -> None:
        for _ in range(times):
            clock.advance(seconds=2)
            relay.deliver()

    floor.register("C02AAA", "C02BBB")
    deliver(1)
    with database.reading() as session:
        mac = placement.place(session, repo.now(), Serial.parse("C02AAA"), None)
    written = repo.now().assign(Serial.parse("C02AAA"), LONDON)
    with Session(database.engine) as slow:
        Confirmation(mac, written, clock()).record(slow, CHANNEL)
        floor.confirm("C02BBB")
        deliver(1)
        slack.faults.before_reply = lambda _: slow.commit()
        deliver(1)
        slack.faults.before_reply = None
    deliver(3)

    assert "2 confirmed" in shown(slack)[0]
    database.close()


def test_more_cards_are_enqueued_than_a_statement_has_parameters(
    floor: Floor, database: Database, clock: Clock
) -> None:
    """As where many Macs that nobody knew are registered at once; PostgreSQL takes 65,535."""
    with database.begin() as session:
        cards = [Card(kind=BATCH, channel=CHANNEL, created_at=clock()) for _ in range(101)]
        session.add_all(cards)
        session.flush()
        ids = [card.id for card in cards]
    with database.begin() as session:
        driver = cast(sqlite3.Connection, session.connection().connection.driver_connection)
        before = driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 100)
        outbox.enqueue_cards(session, ids, at=clock())
        session.flush()
        driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, before)

    assert floor.owed() == 101
