"""Messages that Slack refuses for good, and messages that cannot be rendered."""

from typing import Any

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.outbox import outbox
from provisioning.outbox.doubts import MAX_DELAY
from provisioning.outbox.models import IMPORT, Card, Notification
from provisioning.outbox.refusals import refused_messages
from provisioning.outbox.relay import Relay
from tests.fakes.slack import Workspace
from tests.provisioning.outbox.floors import Floor, shown
from tests.support.fixtures.doors import Clock, DeliverAll
from tests.support.installation import CHANNEL


def test_what_was_meant_for_a_wrong_channel_is_sent_to_the_right_one(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll, database: Database
) -> None:
    floor.register("C02AAA", channel="C0WRONG")
    deliver_all()
    assert floor.refused()[0].startswith("channel_not_found")

    with database.begin() as session:
        refused_messages.resend(session, CHANNEL)
    deliver_all()
    floor.confirm("C02AAA")
    deliver_all()

    card, confirmation = shown(slack)
    assert "1 confirmed" in card
    assert "is done" in confirmation


def test_a_bot_that_was_not_invited_has_its_messages_parked_with_the_mend(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll, database: Database
) -> None:
    slack.channels[CHANNEL].bot_is_member = False
    floor.register("C02AAA")
    deliver_all()
    assert floor.refused() == ["not_in_channel: invite the bot to the channel"]

    slack.channels[CHANNEL].bot_is_member = True
    with database.begin() as session:
        assert refused_messages.resend(session, CHANNEL) == 1
    deliver_all()

    assert len(shown(slack)) == 1
    assert floor.refused() == []


def test_the_log_says_what_became_of_each_message_and_why(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll, clock: Clock
) -> None:
    with capture_logs() as lines:
        floor.register("C02AAA")
        floor.register("C02BBB", channel="C0WRONG")
        deliver_all()
        slack.faults.respond_429(12)
        floor.confirm("C02AAA")
        deliver_all()
        clock.advance(seconds=12)
        slack.faults.lose_replies()
        floor.register("C02CCC")
        deliver_all()

    said = {line["outcome"]: line for line in lines if line["event"] == "delivery"}
    assert {outcome: line["log_level"] for outcome, line in said.items()} == {
        "sent": "info",
        "postponed": "info",
        "refused": "error",
        "unanswered": "warning",
    }
    assert [outcome for outcome, line in said.items() if not line.get("reason")] == ["sent"]


@pytest.mark.postgresql(instead=True)
def test_a_card_that_somebody_deleted_is_posted_anew(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll
) -> None:
    floor.register("C02AAA")
    deliver_all()
    slack.channels[CHANNEL].messages.clear()
    floor.confirm("C02AAA")
    deliver_all()

    assert sum("1 Mac for" in text for text in shown(slack)) == 1


def test_a_relay_without_the_right_to_look_sends_again_rather_than_never(
    floor: Floor, slack: Workspace, relay: Relay, deliver_all: DeliverAll, clock: Clock
) -> None:
    floor.trouble("told at least once")
    slack.faults.lose_replies()
    relay.deliver()
    slack.faults.fail("missing_scope", times=2, methods=("conversations.history",))
    clock.advance(seconds=10)
    deliver_all()
    assert len(shown(slack)) == 1, "Slack may take it yet"
    clock.now += MAX_DELAY
    deliver_all()

    assert len(shown(slack)) == 2
    assert floor.owed() == 0


def test_a_message_that_lacks_a_row_holds_up_none_behind_it(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll, database: Database
) -> None:
    floor.register("C02AAA")
    with database.begin() as session:
        session.execute(update(Card).values(kind=IMPORT))  # of which there is none
    floor.trouble("behind it")
    deliver_all()

    assert ["behind it" in text for text in shown(slack)] == [True]
    assert [each.partition("(")[0] for each in floor.refused()] == [
        "it cannot be drawn: NoResultFound"
    ]


@pytest.mark.parametrize("facts", [{"written by": "an older version"}, ["by hand"]])
def test_a_message_that_cannot_be_drawn_holds_up_none_behind_it(
    floor: Floor,
    slack: Workspace,
    deliver_all: DeliverAll,
    database: Database,
    clock: Clock,
    facts: Any,
) -> None:
    with database.begin() as session:
        outbox.enqueue_trouble(session, channel=CHANNEL, sentence="x", at=clock())
        session.execute(update(Notification).values(facts=facts))
    floor.trouble("behind it")
    deliver_all()

    assert ["behind it" in text for text in shown(slack)] == [True]
    assert floor.refused() == ["it cannot be drawn: KeyError('sentence')"]
