"""Reminders of a Mac, for the people who want them."""

from datetime import timedelta

from tests.fakes.slack import Workspace
from tests.provisioning.firstboot.stalls.silence import Floor
from tests.support.fixtures.doors import Clock, DeliverAll


def test_who_wants_to_be_reminded_gets_a_direct_message_at_that_time(
    floor: Floor, clock: Clock, slack: Workspace, deliver_all: DeliverAll
) -> None:
    slack.person("U0BOB", name="bob")
    floor.registers("C02AAA")
    floor.says("C02AAA", "Localizing Mac")
    due_at = clock() + timedelta(hours=2)
    assert [floor.remind("C02AAA", "U0BOB", due_at) for _ in range(2)] == [True, False]
    deliver_all()
    assert "D0BOB" not in slack.channels or not slack.channels["D0BOB"].messages
    clock.now = due_at
    deliver_all()

    [message] = slack.channels["D0BOB"].messages
    subject = "`C02AAA` for *london* / *design*, registered by <@U0ALICE>"
    assert f"{subject}: not confirmed yet" in message.text
    assert "Localizing Mac" in str(message.blocks)


def test_nobody_is_reminded_of_a_mac_that_is_done(
    floor: Floor, clock: Clock, slack: Workspace, deliver_all: DeliverAll
) -> None:
    slack.person("U0BOB", name="bob")
    floor.registers("C02AAA")
    floor.remind("C02AAA", "U0BOB", clock() + timedelta(hours=2))
    floor.confirms("C02AAA")
    clock.advance(hours=3)
    deliver_all()

    assert "D0BOB" not in slack.channels or not slack.channels["D0BOB"].messages
    assert floor.owed() == 0
