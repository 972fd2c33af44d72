"""Outages of Slack: no message is lost, and none is said twice."""

import pytest

from infrastructure.database.engine import Database
from provisioning.outbox.refusals import refused_messages
from provisioning.outbox.relay import Relay
from tests.fakes.slack import Workspace
from tests.provisioning.outbox.floors import Floor, shown
from tests.support.fixtures.doors import Clock, DeliverAll
from tests.support.installation import CHANNEL
from tests.support.soaking import rows_in_soak


@rows_in_soak("Slack that is down and one that has too much to do stay", "internal_error")
@pytest.mark.parametrize("outage", ["down", "internal_error", "429"])
def test_what_slack_cannot_take_now_goes_out_later_and_says_when_it_happened(
    floor: Floor, slack: Workspace, relay: Relay, deliver_all: DeliverAll, clock: Clock, outage: str
) -> None:
    floor.register("C02AAA")
    deliver_all()
    floor.confirm("C02AAA")
    if outage == "down":
        slack.faults.go_down()
    elif outage == "429":
        slack.faults.respond_429(90)
    else:
        slack.faults.fail("internal_error")
    assert relay.deliver()
    assert len(shown(slack)) == 1

    slack.faults.come_back()
    clock.advance(seconds=95)
    deliver_all()

    card, news = shown(slack)
    assert "This happened <!date^" in news
    assert "1 confirmed" in card


def test_slack_says_how_long_to_wait_and_is_obeyed(
    floor: Floor, slack: Workspace, relay: Relay, clock: Clock
) -> None:
    floor.register("C02AAA")
    slack.faults.respond_429(30)
    relay.deliver()

    clock.advance(seconds=29)
    assert not relay.deliver()
    clock.advance(seconds=2)
    assert relay.deliver()
    assert len(shown(slack)) == 1


def test_a_message_whose_answer_was_lost_is_found_again_and_not_repeated(
    floor: Floor, slack: Workspace, relay: Relay, deliver_all: DeliverAll, clock: Clock
) -> None:
    floor.trouble("told once")
    slack.faults.lose_replies()
    relay.deliver()
    assert len(shown(slack)) == 1
    assert floor.owed() == 1

    clock.advance(seconds=10)
    deliver_all()

    assert len(shown(slack)) == 1
    assert floor.owed() == 0


@pytest.mark.postgresql(instead=True)
def test_a_card_whose_answer_was_lost_is_found_again_and_edited(
    floor: Floor, slack: Workspace, relay: Relay, deliver_all: DeliverAll, clock: Clock
) -> None:
    floor.register("C02AAA")
    slack.faults.lose_replies()
    relay.deliver()
    floor.confirm("C02AAA")
    clock.advance(seconds=10)
    deliver_all()

    card, confirmation = slack.channels[CHANNEL].messages
    assert ": confirmed" in card.text
    assert "is done" in confirmation.text


@rows_in_soak("one that is lost says as little", "internal_error", "invalid_auth")
@pytest.mark.parametrize("answer", ["429", "invalid_auth", "internal_error", "lost"])
def test_a_doubt_outlives_every_question_that_is_not_answered(
    floor: Floor,
    slack: Workspace,
    relay: Relay,
    deliver_all: DeliverAll,
    clock: Clock,
    database: Database,
    answer: str,
) -> None:
    floor.trouble("told once")
    slack.faults.lose_replies()
    relay.deliver()
    if answer == "429":
        slack.faults.respond_429(5, methods=("conversations.history",))
    elif answer == "lost":
        slack.faults.go_down()
    else:
        slack.faults.fail(answer, methods=("conversations.history",))
    clock.advance(seconds=10)
    relay.deliver()

    slack.faults.come_back()
    with database.begin() as session:
        refused_messages.resend(session, CHANNEL)
    clock.advance(seconds=10)
    deliver_all()

    assert len(shown(slack)) == 1
    assert floor.owed() == 0


def test_what_other_people_said_meanwhile_is_no_reason_to_repeat_it(
    floor: Floor, slack: Workspace, relay: Relay, deliver_all: DeliverAll, clock: Clock
) -> None:
    floor.trouble("told once")
    slack.faults.lose_replies()
    relay.deliver()
    talkative = slack.person("U0BOB", name="bob")
    for number in range(450):
        talkative.say(CHANNEL, f"chatter {number}")
    clock.advance(seconds=10)
    deliver_all()

    assert sum("told once" in text for text in shown(slack)) == 1
