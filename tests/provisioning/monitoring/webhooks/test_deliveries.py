"""Receivers hear of what happens, in order, signed, and once under one id."""

from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.monitoring.webhooks import hooks, sender
from provisioning.monitoring.webhooks.fanout import FanOut
from provisioning.monitoring.webhooks.transport import WebhookTransport
from provisioning.outbox.models import PARKED, WEBHOOK, Notification
from provisioning.outbox.relay import Relay
from tests.fakes.webhooks import Receiver
from tests.provisioning.monitoring.webhooks.conftest import LOOPBACK, HandOn
from tests.provisioning.outbox.floors import Floor
from tests.support.fixtures.doors import Clock
from tests.support.installation import CHANNEL
from tests.support.owed import count_pending


def told_of(session: Session, words: str) -> list[str]:
    """The channels and people whom Slack's messages with these words go to."""
    found = session.scalars(select(Notification).where(Notification.transport != WEBHOOK))
    return sorted(each.channel for each in found if words in str(each.facts))


@pytest.mark.postgresql(soak=True)
def test_a_receiver_hears_what_becomes_of_a_mac_in_order_and_verifies_it(
    hook: int, receiver: Receiver, floor: Floor, hand_on: HandOn
) -> None:
    floor.register("C02AAA")
    floor.confirm("C02AAA")
    floor.trouble("the repo is full")

    hand_on()
    hand_on()

    assert sorted(receiver.types) == ["mac.confirmed", "mac.registered", "trouble"]
    registered, confirmed = (body for _, body in receiver.taken if "serial" in body["data"])
    assert (registered["type"], confirmed["type"]) == ("mac.registered", "mac.confirmed")
    assert registered["data"] | {"registration": 0, "batch": 0} == {
        "serial": "C02AAA",
        "site": "london",
        "build": "design",
        "state": "waiting",
        "registration": 0,
        "batch": 0,
        "computer_name": None,
        "who": {"id": "U0ALICE", "name": None},
        "previous": None,
        "link": None,
        "joined": 0,
    }
    assert confirmed["data"]["who"] is None


def test_a_filter_leaves_out_other_types_and_sites(
    database: Database, receiver: Receiver, floor: Floor, clock: Clock, hand_on: HandOn
) -> None:
    with database.begin() as session:
        made = hooks.make(
            session,
            receiver.url,
            by="U0ALICE",
            at=clock(),
            allowed=LOOPBACK,
            types=["mac.confirmed", "trouble"],
            sites=["london"],
        )
        hooks.make(
            session, receiver.url, by="U0ALICE", at=clock(), allowed=LOOPBACK, sites=["London"]
        )
        hooks.make(
            session, receiver.url, by="U0ALICE", at=clock(), allowed=LOOPBACK, sites=["paris"]
        )
    receiver.key = made.key
    floor.register("C02AAA")
    floor.confirm("C02AAA")
    floor.trouble("of no site")

    hand_on()

    assert receiver.types == ["mac.confirmed"]


def test_a_failed_message_is_sent_again_under_the_same_id(
    hook: int, receiver: Receiver, floor: Floor, clock: Clock, hand_on: HandOn, database: Database
) -> None:
    receiver.status = 500
    floor.register("C02AAA")
    hand_on()
    with database.reading() as session:
        key = session.scalars(
            select(Notification.key).where(Notification.transport == WEBHOOK)
        ).one()
    assert receiver.asked == 1

    receiver.status = 204
    clock.advance(seconds=9)
    hand_on()
    assert receiver.asked == 1
    clock.advance(seconds=2)
    hand_on()

    assert [each for each, _ in receiver.taken] == [f"msg_{key}"]


def test_a_receiver_that_asks_for_a_pause_gets_it(
    hook: int, receiver: Receiver, floor: Floor, clock: Clock, hand_on: HandOn
) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "120"}
    floor.register("C02AAA")
    hand_on()
    clock.advance(seconds=119)
    hand_on()
    assert receiver.asked == 1
    clock.advance(seconds=2)
    hand_on()
    assert receiver.asked == 2


def test_a_message_that_is_declined_holds_up_its_own_mac_alone(
    database: Database, hook: int, receiver: Receiver, floor: Floor, clock: Clock, hand_on: HandOn
) -> None:
    receiver.status = 400
    floor.register("C02AAA")
    hand_on()
    receiver.status = 204
    floor.confirm("C02AAA")
    floor.register("C02BBB", "C02CCC", "C02DDD")

    hand_on()
    assert {body["data"]["serial"] for _, body in receiver.taken} == {"C02BBB", "C02CCC", "C02DDD"}
    clock.advance(seconds=11)
    hand_on()

    own = [body["type"] for _, body in receiver.taken if body["data"]["serial"] == "C02AAA"]
    assert own == ["mac.registered", "mac.confirmed"]
    with database.reading() as session:
        assert count_pending(session, WEBHOOK) == 0


@pytest.mark.postgresql
def test_after_ten_minutes_of_failure_the_newest_stands_for_all_of_its_mac(
    hook: int, receiver: Receiver, floor: Floor, clock: Clock, hand_on: HandOn
) -> None:
    receiver.status = 503
    floor.register("C02AAA")
    hand_on()
    floor.confirm("C02AAA")
    clock.advance(minutes=11)
    receiver.is_of_another_time = True
    receiver.status = 204

    hand_on()

    (_, body), *others = receiver.taken
    assert others == []
    assert (body["type"], body["data"]["joined"]) == ("mac.confirmed", 1)


def test_what_is_not_taken_for_three_days_is_set_aside_told_once_and_replayed(
    database: Database, hook: int, receiver: Receiver, floor: Floor, clock: Clock, hand_on: HandOn
) -> None:
    receiver.status = 500
    floor.register("C02AAA")
    hand_on()
    clock.now += timedelta(days=3, hours=1)
    receiver.is_of_another_time = True
    hand_on()
    with database.begin() as session:
        assert told_of(session, "took no message for three days") == [CHANNEL, "U0ALICE"]
        parked = select(Notification.state).where(Notification.transport == WEBHOOK)
        assert session.scalars(parked).all() == [PARKED]
        assert [status.parked for status in hooks.listed(session)] == [1]
    assert hooks.replay(database, hook, at=clock()) == 1

    receiver.status = 204
    hand_on()

    assert receiver.types == ["mac.registered"]


def test_a_receiver_that_is_gone_ends_its_webhook(
    database: Database, hook: int, receiver: Receiver, floor: Floor, hand_on: HandOn
) -> None:
    receiver.status = 410
    with database.begin() as session:
        hooks.get(session, hook).description = "<!channel>"
    floor.register("C02AAA", "C02BBB", "C02CCC")

    hand_on()
    hand_on()

    assert receiver.asked == 1
    with database.reading() as session:
        (status,) = hooks.listed(session)
        assert told_of(session, "its receiver answered 410") == [CHANNEL, "U0ALICE"]
        assert told_of(session, "<!channel>") == []
    assert status.hook.ended_by == "the receiver"
    assert (status.pending, status.parked) == (0, 0)
    with pytest.raises(hooks.UnknownHook):
        hooks.replay(database, hook, at=status.hook.made_at)


@pytest.mark.postgresql(instead=True)
@pytest.mark.parametrize("status", [204, 410, 500])
def test_a_webhook_that_ends_while_it_is_posted_to_leaves_nothing(
    database: Database,
    hook: int,
    receiver: Receiver,
    floor: Floor,
    clock: Clock,
    hand_on: HandOn,
    status: int,
) -> None:
    def end(handler: BaseHTTPRequestHandler) -> None:
        with database.begin() as session:
            hooks.end(session, hook, by="U0ALICE", reason="", at=clock())
        handler.send_response(status)
        handler.end_headers()

    receiver.misbehave = end
    floor.register("C02AAA", "C02BBB", "C02CCC")

    hand_on()
    clock.advance(hours=1)
    hand_on()

    assert receiver.asked == 1
    with database.reading() as session:
        ended = hooks.status(session, hook)
        assert count_pending(session, WEBHOOK) == 0
        assert told_of(session, "Webhook") == []
    assert (ended.parked, ended.hook.ended_by) == (0, "U0ALICE")


def test_two_keys_sign_while_one_is_changed(
    database: Database, hook: int, receiver: Receiver, clock: Clock, hand_on: HandOn
) -> None:
    with database.begin() as session:
        changed = hooks.change_key(session, hook, at=clock())
        hooks.try_out(session, hook, by="alice", at=clock())
    hand_on()  # verified by the former key
    receiver.key = changed.key
    with database.begin() as session:
        hooks.try_out(session, hook, by="alice", at=clock())
    hand_on()

    assert receiver.types == ["test", "test"]


def test_a_former_key_signs_no_more_after_a_day(
    database: Database, hook: int, receiver: Receiver, clock: Clock, hand_on: HandOn
) -> None:
    receiver.is_of_another_time = True
    with database.begin() as session:
        hooks.change_key(session, hook, at=clock())
    clock.advance(seconds=hooks.OVERLAP.total_seconds())
    with database.begin() as session:
        hooks.try_out(session, hook, by="alice", at=clock())
    hand_on()

    assert (receiver.asked, receiver.types) == (1, [])


def test_what_goes_wrong_at_one_receiver_holds_up_no_other_and_is_tried_later(
    database: Database, hook: int, receiver: Receiver, floor: Floor, clock: Clock
) -> None:
    def post(url: str, body: bytes, *rest: Any, **options: Any) -> sender.ReceiverAnswer:
        if url.endswith("/odd"):
            tried.append(body)
            raise RuntimeError("nobody thought of this")
        return sender.post(url, body, *rest, **options)

    tried = list[bytes]()
    with database.begin() as session:
        hooks.make(session, "https://example.com/odd", by="U0ALICE", at=clock())
    floor.register("C02AAA")
    floor.confirm("C02AAA")
    while FanOut(database, clock=clock).step():
        pass
    relay = Relay(database, WebhookTransport(lambda: LOOPBACK, post=post), clock=clock)

    for _ in range(9):
        relay.deliver()

    assert receiver.types == ["mac.registered", "mac.confirmed"]
    assert len(tried) == 1
    clock.advance(seconds=11)
    relay.deliver()
    assert len(tried) == 2
