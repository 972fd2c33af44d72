"""What is owed to Slack arrives there: once, in order, and whatever Slack does meanwhile."""

import threading
from collections.abc import Callable

import pytest
from slack_sdk import WebClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.courier import Courier
from provisioning import deliveries, notifications, progress, registrations
from provisioning.database import Database
from provisioning.models import Notification
from provisioning.munki import Destination, MunkiRepo
from provisioning.serials import Serial, parse_all
from tests.integration.conftest import Clock
from tests.support.acting import did
from tests.support.installation import CHANNEL
from tests.support.slack import Workspace

LONDON = Destination("london", "design")


class Floor:
    """What happens on the imaging floor, at the time of the clock."""

    def __init__(self, database: Database, repo: MunkiRepo, clock: Clock) -> None:
        self._database = database
        self._repo = repo
        self._clock = clock

    def register(self, *serials: str, channel: str = CHANNEL) -> None:
        with self._database.begin() as session:
            registrations.register(
                session,
                parse_all(serials),
                LONDON,
                act=did(session, "registered", by="U0ALICE", at=self._clock()),
                channel=channel,
            )

    def confirm(self, text: str) -> None:
        serial = Serial.parse(text)
        with self._database.reading() as session:
            plan = progress.plan(session, self._repo, serial, None)
        with self._repo.holding(serial):
            written = self._repo.assign(serial, plan.destination)
        with self._database.begin() as session:
            progress.confirm(session, plan, written, channel=CHANNEL, at=self._clock())

    def trouble(self, sentence: str) -> bool:
        with self._database.begin() as session:
            return notifications.owe_trouble(
                session,
                channel=CHANNEL,
                facts={"sentence": sentence},
                once=sentence,
                at=self._clock(),
            )

    def owed(self) -> int:
        with self._database.reading() as session:
            return deliveries.owed(session)

    def parked(self) -> list[str | None]:
        with self._database.reading() as session:
            return [row.reason for row in deliveries.parked(session)]


@pytest.fixture
def floor(database: Database, repo: MunkiRepo, clock: Clock) -> Floor:
    """Macs come and go."""
    return Floor(database, repo, clock)


def shown(slack: Workspace, channel: str = CHANNEL) -> list[str]:
    return [message.text for message in slack.channels[channel].messages]


def test_a_card_is_posted_and_then_edited_in_place(
    floor: Floor, slack: Workspace, deliver_all: Callable[[], None]
) -> None:
    floor.register("C02AAA", "C02BBB")
    deliver_all()
    floor.confirm("C02AAA")
    deliver_all()

    card, confirmation = slack.channels[CHANNEL].messages
    assert card.edited == 1
    assert "1 waiting · 1 confirmed" in card.text
    assert "C02AAA" in confirmation.text


def test_ten_changes_of_a_card_are_one_edit(
    floor: Floor,
    slack: Workspace,
    deliver_all: Callable[[], None],
    database: Database,
    clock: Clock,
) -> None:
    floor.register("C02AAA")
    deliver_all()
    for number in range(10):
        to = Destination(("paris", "london")[number % 2], "basic")
        with database.begin() as session:
            registrations.reassign(
                session, Serial.parse("C02AAA"), to, act=did(session, "moved", by="U1", at=clock())
            )
    deliver_all()

    [card] = slack.channels[CHANNEL].messages
    assert card.edited == 1
    assert floor.owed() == 0


def test_a_change_while_a_card_is_on_its_way_is_drawn_again(
    floor: Floor, slack: Workspace, deliver_all: Callable[[], None]
) -> None:
    floor.register("C02AAA")
    slack.faults.before_reply = lambda _: floor.confirm("C02AAA")
    deliver_all()
    slack.faults.before_reply = None
    deliver_all()

    assert "1 confirmed" in slack.channels[CHANNEL].messages[0].text


def test_one_message_a_second_and_channel(
    floor: Floor, slack: Workspace, courier: Courier, clock: Clock
) -> None:
    slack.add_channel("C0OTHER", name="other")
    floor.register("C02AAA")
    floor.register("C02BBB")
    floor.register("C03AAA", channel="C0OTHER")

    assert [courier.deliver() for _ in range(3)] == [True, True, False]
    clock.advance(seconds=0.9)
    assert not courier.deliver()
    clock.advance(seconds=0.2)
    assert courier.deliver()
    assert (len(shown(slack)), len(shown(slack, "C0OTHER"))) == (2, 1)


def test_news_is_told_in_the_order_in_which_it_happened(
    floor: Floor, slack: Workspace, deliver_all: Callable[[], None]
) -> None:
    floor.trouble("first")
    floor.trouble("second")
    floor.trouble("third")
    deliver_all()

    assert [text.split(": ")[2] for text in shown(slack)] == ["first", "second", "third"]


def test_the_same_trouble_is_told_once_a_day(
    floor: Floor, slack: Workspace, deliver_all: Callable[[], None], clock: Clock
) -> None:
    assert [floor.trouble("the disk is full") for _ in range(3)] == [True, False, False]
    clock.advance(days=1)
    assert floor.trouble("the disk is full")
    deliver_all()

    assert len(shown(slack)) == 2


@pytest.mark.parametrize("outage", ["down", "internal_error", "429"])
def test_what_slack_cannot_take_now_goes_out_later_and_says_when_it_happened(
    floor: Floor,
    slack: Workspace,
    courier: Courier,
    deliver_all: Callable[[], None],
    clock: Clock,
    outage: str,
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
    assert courier.deliver()
    assert len(shown(slack)) == 1

    slack.faults.come_back()
    clock.advance(seconds=95)
    deliver_all()

    card, news = shown(slack)
    assert "This happened <!date^" in news
    assert "1 confirmed" in card


def test_slack_says_how_long_to_wait_and_is_obeyed(
    floor: Floor, slack: Workspace, courier: Courier, clock: Clock
) -> None:
    floor.register("C02AAA")
    slack.faults.respond_429(30)
    courier.deliver()

    clock.advance(seconds=29)
    assert not courier.deliver()
    clock.advance(seconds=2)
    assert courier.deliver()
    assert len(shown(slack)) == 1


def test_a_message_whose_answer_was_lost_is_found_again_and_not_repeated(
    floor: Floor, slack: Workspace, courier: Courier, deliver_all: Callable[[], None], clock: Clock
) -> None:
    floor.trouble("told once")
    slack.faults.lose_replies()
    courier.deliver()
    assert len(shown(slack)) == 1
    assert floor.owed() == 1

    clock.advance(seconds=10)
    deliver_all()

    assert len(shown(slack)) == 1
    assert floor.owed() == 0


def test_a_card_whose_answer_was_lost_is_found_again_and_edited(
    floor: Floor, slack: Workspace, courier: Courier, deliver_all: Callable[[], None], clock: Clock
) -> None:
    floor.register("C02AAA")
    slack.faults.lose_replies()
    courier.deliver()
    floor.confirm("C02AAA")
    clock.advance(seconds=10)
    deliver_all()

    card, confirmation = slack.channels[CHANNEL].messages
    assert "1 confirmed" in card.text
    assert "is done" in confirmation.text


@pytest.mark.parametrize("answer", ["429", "invalid_auth", "internal_error", "lost"])
def test_a_doubt_outlives_every_question_that_is_not_answered(
    floor: Floor,
    slack: Workspace,
    courier: Courier,
    deliver_all: Callable[[], None],
    clock: Clock,
    database: Database,
    answer: str,
) -> None:
    floor.trouble("told once")
    slack.faults.lose_replies()
    courier.deliver()
    if answer == "429":
        slack.faults.respond_429(5, methods=("conversations.history",))
    elif answer == "lost":
        slack.faults.go_down()
    else:
        slack.faults.fail(answer, methods=("conversations.history",))
    clock.advance(seconds=10)
    courier.deliver()

    slack.faults.come_back()
    with database.begin() as session:
        deliveries.unpark(session, CHANNEL)
    clock.advance(seconds=10)
    deliver_all()

    assert len(shown(slack)) == 1
    assert floor.owed() == 0


def test_what_was_meant_for_a_wrong_channel_is_sent_to_the_right_one(
    floor: Floor, slack: Workspace, deliver_all: Callable[[], None], database: Database
) -> None:
    floor.register("C02AAA", channel="C0WRONG")
    deliver_all()
    assert floor.parked()[0].startswith("channel_not_found")  # type: ignore[union-attr]

    with database.begin() as session:
        deliveries.unpark(session, CHANNEL)
    deliver_all()
    floor.confirm("C02AAA")
    deliver_all()

    card, confirmation = shown(slack)
    assert "1 confirmed" in card
    assert "is done" in confirmation


def test_a_change_that_commits_while_its_card_is_on_the_way_is_drawn_after_all(
    slack: Workspace, postgresql_url: str, slack_client: WebClient, repo: MunkiRepo
) -> None:
    """On PostgreSQL a lower id may become visible after a higher one."""
    slack.pace.rate = None
    clock, database = Clock(), Database(postgresql_url)
    floor, courier = Floor(database, repo, clock), Courier(database, slack_client, clock=clock)

    def deliver(times: int) -> None:
        for _ in range(times):
            clock.advance(seconds=2)
            courier.deliver()

    floor.register("C02AAA", "C02BBB")
    deliver(1)
    with database.reading() as session:
        plan = progress.plan(session, repo, Serial.parse("C02AAA"), None)
    written = repo.assign(Serial.parse("C02AAA"), LONDON)
    with Session(database.engine) as slow:
        progress.confirm(slow, plan, written, channel=CHANNEL, at=clock())
        floor.confirm("C02BBB")
        deliver(1)
        slack.faults.before_reply = lambda _: slow.commit()
        deliver(1)
        slack.faults.before_reply = None
    deliver(3)

    assert "2 confirmed" in shown(slack)[0]
    database.close()


def test_a_courier_that_comes_too_late_changes_nothing_of_what_the_next_one_did(
    floor: Floor, slack: Workspace, courier: Courier, database: Database, clock: Clock
) -> None:
    floor.trouble("told once")
    clock.advance(seconds=1)
    with database.begin() as session:
        late = deliveries.claim(session, "late", clock())
    clock.advance(seconds=61)
    courier.deliver()
    assert late is not None
    with database.begin() as session:
        deliveries.park(session, late, in_doubt=True, reason="too late", now=clock())

    assert floor.parked() == []
    assert floor.owed() == 0
    assert len(shown(slack)) == 1


def test_a_courier_that_comes_too_late_does_not_end_the_doubt_of_the_next_one(
    floor: Floor, database: Database, clock: Clock
) -> None:
    floor.trouble("told once")
    clock.advance(seconds=1)
    with database.begin() as session:
        late = deliveries.claim(session, "late", clock())
    clock.advance(seconds=61)
    with database.begin() as session:
        assert deliveries.claim(session, "the one that dies while sending", clock()) is not None
    assert late is not None
    with database.begin() as session:
        deliveries.postpone(session, late, in_doubt=False, until=clock(), reason="ratelimited")
    clock.advance(seconds=61)

    with database.begin() as session:
        third = deliveries.claim(session, "third", clock())
    assert third is not None
    assert third.doubtful_since is not None


def test_what_other_people_said_meanwhile_is_no_reason_to_repeat_it(
    floor: Floor, slack: Workspace, courier: Courier, deliver_all: Callable[[], None], clock: Clock
) -> None:
    floor.trouble("told once")
    slack.faults.lose_replies()
    courier.deliver()
    talkative = slack.person("U0BOB", name="bob")
    for number in range(450):
        talkative.say(CHANNEL, f"chatter {number}")
    clock.advance(seconds=10)
    deliver_all()

    assert sum("told once" in text for text in shown(slack)) == 1


def test_a_bot_that_was_not_invited_has_its_messages_parked_with_the_mend(
    floor: Floor, slack: Workspace, deliver_all: Callable[[], None], database: Database
) -> None:
    slack.channels[CHANNEL].bot_is_member = False
    floor.register("C02AAA")
    deliver_all()
    assert floor.parked() == ["not_in_channel: invite the bot to the channel"]

    slack.channels[CHANNEL].bot_is_member = True
    with database.begin() as session:
        assert deliveries.unpark(session, CHANNEL) == 1
    deliver_all()

    assert len(shown(slack)) == 1
    assert floor.parked() == []


def test_a_card_that_somebody_deleted_is_posted_anew(
    floor: Floor, slack: Workspace, deliver_all: Callable[[], None]
) -> None:
    floor.register("C02AAA")
    deliver_all()
    slack.channels[CHANNEL].messages.clear()
    floor.confirm("C02AAA")
    deliver_all()

    assert sum("1 Mac for" in text for text in shown(slack)) == 1


def test_five_couriers_send_every_message_once(
    floor: Floor, slack: Workspace, database: Database, slack_client: WebClient, clock: Clock
) -> None:
    channels = [f"C0LAB{number}" for number in range(6)]
    for channel in channels:
        slack.add_channel(channel, name=channel.lower())
        floor.register(f"C02{channel}", channel=channel)
    couriers = [Courier(database, slack_client, clock=clock) for _ in range(5)]

    def work(courier: Courier) -> None:
        for _ in range(20):
            courier.deliver()

    threads = [threading.Thread(target=work, args=(courier,)) for courier in couriers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [len(shown(slack, channel)) for channel in channels] == [1] * 6
    assert floor.owed() == 0


def test_a_courier_that_died_leaves_its_channel_to_the_next_after_the_lease(
    floor: Floor, slack: Workspace, database: Database, courier: Courier, clock: Clock
) -> None:
    floor.trouble("told once")
    clock.advance(seconds=1)
    with database.begin() as session:
        assert deliveries.claim(session, "the one that dies", clock()) is not None

    assert not courier.deliver()
    clock.advance(seconds=61)
    assert courier.deliver()

    assert len(shown(slack)) == 1
    with database.reading() as session:
        assert session.scalars(select(Notification.attempts)).one() == 2


def test_a_courier_whose_lease_ran_out_does_not_free_the_channel_of_the_next(
    floor: Floor, database: Database, clock: Clock
) -> None:
    floor.trouble("first")
    clock.advance(seconds=1)
    with database.begin() as session:
        late = deliveries.claim(session, "late", clock())
    clock.advance(seconds=61)
    with database.begin() as session:
        assert deliveries.claim(session, "next", clock()) is not None
    assert late is not None
    with database.begin() as session:
        deliveries.settle(session, late, ts="1.0", now=clock())

    with database.begin() as session:
        assert deliveries.claim(session, "third", clock()) is None


def test_a_courier_without_the_right_to_look_sends_again_rather_than_never(
    floor: Floor, slack: Workspace, courier: Courier, deliver_all: Callable[[], None], clock: Clock
) -> None:
    floor.trouble("told at least once")
    slack.faults.lose_replies()
    courier.deliver()
    slack.faults.fail("missing_scope", methods=("conversations.history",))
    clock.advance(seconds=10)
    deliver_all()

    assert len(shown(slack)) == 2
    assert floor.owed() == 0


def test_a_message_that_cannot_be_drawn_holds_up_none_behind_it(
    floor: Floor,
    slack: Workspace,
    deliver_all: Callable[[], None],
    database: Database,
    clock: Clock,
) -> None:
    with database.begin() as session:
        notifications.owe_trouble(
            session, channel=CHANNEL, facts={"written by": "an older version"}, once="x", at=clock()
        )
    floor.trouble("behind it")
    deliver_all()

    assert ["behind it" in text for text in shown(slack)] == [True]
    assert floor.parked() == ["it cannot be drawn: KeyError('sentence')"]
