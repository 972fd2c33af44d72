"""A pallet of Macs does not flood the channel: its card says how far it is, its thread the rest."""

import pytest
from sqlalchemy import select

from bot.delivery.transport import PACE
from infrastructure.database.engine import Database
from provisioning.outbox.models import CONFIRMATION, Card, Notification
from provisioning.outbox.relay import Relay
from provisioning.registrations.listings import export
from tests.fakes.slack import Message, Workspace, readable
from tests.provisioning.outbox.floors import Floor
from tests.support.fixtures.doors import Clock, DeliverAll
from tests.support.installation import CHANNEL

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
def card(floor: Floor, slack: Workspace, deliver_all: DeliverAll) -> Message:
    """The card of three Macs that wait."""
    floor.register("C02AAA", "C02BBB", "C02CCC")
    deliver_all()
    return slack.channels[CHANNEL].messages[0]


def test_a_confirmation_of_one_of_many_macs_is_in_the_thread_of_its_card(
    card: Message, floor: Floor, slack: Workspace, deliver_all: DeliverAll
) -> None:
    floor.confirm("C02AAA")
    deliver_all()

    news = slack.channels[CHANNEL].messages[-1]
    assert news.thread_ts == card.ts
    assert "`C02AAA` is done" in news.text


def test_macs_that_are_confirmed_together_share_one_message_in_the_thread(
    card: Message, floor: Floor, slack: Workspace, deliver_all: DeliverAll
) -> None:
    floor.confirm("C02AAA")
    floor.confirm("C02BBB")
    deliver_all()

    assert len(slack.channels[CHANNEL].messages) == 2
    news = slack.channels[CHANNEL].messages[-1]
    assert "2 Macs are done; their manifests are written: `C02AAA`, `C02BBB`." in readable(news)
    assert floor.owed() == 0


def test_the_channel_hears_once_that_all_of_them_are_done(
    card: Message, floor: Floor, slack: Workspace, deliver_all: DeliverAll
) -> None:
    for serial in ("C02AAA", "C02BBB", "C02CCC"):
        floor.confirm(serial)
    deliver_all()

    [_, news] = slack.channels[CHANNEL].messages
    assert news.thread_ts is None
    told = "All done: the manifests of 3 Macs for *london* / *design* are written."
    assert told in readable(news)


def test_a_card_that_keeps_changing_is_sent_before_the_news_of_its_thread(
    card: Message, floor: Floor, slack: Workspace, relay: Relay, clock: Clock
) -> None:
    floor.confirm("C02AAA")
    clock.advance(seconds=10)
    assert relay.deliver()  # the channel was idle: the news first
    clock.advance(seconds=1)
    assert relay.deliver()

    floor.confirm("C02BBB")
    clock.advance(seconds=PACE.edit.total_seconds())
    assert relay.deliver()

    assert "2 confirmed" in card.text
    assert len(slack.channels[CHANNEL].messages) == 2


@pytest.mark.postgresql(soak=True)
def test_the_news_of_a_card_for_one_mac_is_not_deferred(
    card: Message, floor: Floor, database: Database
) -> None:
    floor.register("C02DDD")
    floor.confirm("C02AAA")
    floor.confirm("C02DDD")

    news = select(Notification.facts, Notification.deferrable).where(
        Notification.kind == CONFIRMATION
    )
    with database.reading() as session:
        deferrable = {facts["serial"]: may for facts, may in session.execute(news)}
    assert deferrable == {"C02AAA": True, "C02DDD": False}


def test_after_a_lost_answer_each_mac_is_named_exactly_once(
    card: Message, floor: Floor, slack: Workspace, deliver_all: DeliverAll, clock: Clock
) -> None:
    floor.confirm("C02AAA")
    slack.faults.lose_replies(methods=["chat.postMessage"])
    deliver_all()
    floor.confirm("C02BBB")
    clock.advance(seconds=120)
    deliver_all()

    said = [message.text for message in slack.channels[CHANNEL].messages if message is not card]
    assert sum("`C02AAA`" in text for text in said) == 1
    assert sum("`C02BBB`" in text for text in said) == 1


def test_a_pallet_that_the_card_cannot_show_is_a_file_in_its_thread(
    floor: Floor, database: Database, slack: Workspace, deliver_all: DeliverAll, clock: Clock
) -> None:
    serials = [f"C02{number:09}" for number in range(21)]
    floor.register(*serials)
    with database.begin() as session:
        assert export.enqueue_where_long(session, session.scalars(select(Card)).one(), at=clock())
    deliver_all()

    card, roster = slack.channels[CHANNEL].messages
    assert roster.thread_ts == card.ts
    assert "All 21 Macs of this card" in roster.text
    lines = roster.files[0].content.decode("utf-8-sig").splitlines()
    assert lines[:2] == ["serial,site,build", "C02000000000,london,design"]
    assert len(lines) == 22


def test_twenty_macs_are_all_on_the_card_and_need_no_file(
    floor: Floor, database: Database, clock: Clock
) -> None:
    floor.register(*(f"C02{number:09}" for number in range(20)))
    with database.begin() as session:
        assert not export.enqueue_where_long(
            session, session.scalars(select(Card)).one(), at=clock()
        )
