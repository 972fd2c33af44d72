"""The hand-on of events to each webhook, whatever the order in which they are committed."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from infrastructure.database.engine import Database
from provisioning.firstboot import unknown
from provisioning.monitoring.webhooks import hooks
from provisioning.monitoring.webhooks.fanout import FanOut
from provisioning.outbox import outbox
from provisioning.outbox.models import DIGEST, STALL, WEBHOOK
from provisioning.registrations.models import Event
from provisioning.values.serials import Serial
from tests.fakes.webhooks import Receiver
from tests.provisioning.monitoring.webhooks.conftest import LOOPBACK, HandOn
from tests.provisioning.outbox.floors import Floor
from tests.support.fixtures.doors import Clock
from tests.support.installation import CHANNEL
from tests.support.owed import count_pending


def test_a_row_that_is_committed_late_is_handed_on_too(
    hook: int, receiver: Receiver, floor: Floor, database: Database, hand_on: HandOn
) -> None:
    """As on PostgreSQL, where a transaction with a lower id may commit after a higher one."""
    floor.register("C02AAA", "C02BBB")
    with database.begin() as session:
        session.connection().exec_driver_sql("UPDATE events SET id = 7 WHERE id = 1")
    hand_on()
    with database.begin() as session:
        session.connection().exec_driver_sql("UPDATE events SET id = 5 WHERE id = 2")
    receiver.taken.clear()

    hand_on()

    assert receiver.types == ["mac.registered"]


def test_a_step_writes_no_more_for_many_receivers_than_for_one(
    database: Database, receiver: Receiver, floor: Floor, clock: Clock
) -> None:
    with database.begin() as session:
        for _ in range(3):
            hooks.make(session, receiver.url, by="U0ALICE", at=clock(), allowed=LOOPBACK)
    floor.register(*(f"C02A{number}" for number in range(5)))
    fan_out, written = FanOut(database, clock=clock, limit=6), [0]
    while fan_out.step() or written[-1] == 0:
        with database.reading() as session:
            written.append(count_pending(session, WEBHOOK))

    assert written == [0, 6, 12]
    with database.reading() as session:
        assert count_pending(session, WEBHOOK) == 15


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_transactions_that_commit_out_of_order_lose_no_event(
    hook: int, receiver: Receiver, floor: Floor, database: Database, hand_on: HandOn
) -> None:
    floor.register("C02AAA")
    names = ", ".join(f'"{each.name}"' for each in Event.__table__.columns if each.name != "id")
    again = f"INSERT INTO events ({names}) SELECT {names} FROM events"

    with ThreadPoolExecutor(1) as others, database.begin() as slow:
        slow.connection().exec_driver_sql(again)
        others.submit(floor.register, "C02BBB").result(10)
        others.submit(hand_on).result(10)
        before = [body["data"]["serial"] for _, body in receiver.taken]
    hand_on()

    assert sorted(before) == ["C02AAA", "C02BBB"]
    serials = [body["data"]["serial"] for _, body in receiver.taken]
    assert sorted(serials) == ["C02AAA", "C02AAA", "C02BBB"]


def test_what_cannot_be_told_holds_up_nothing(
    database: Database, hook: int, receiver: Receiver, floor: Floor, clock: Clock, hand_on: HandOn
) -> None:
    with database.begin() as session:
        odd = {"channel": "C0", "payload": {"of": "another release"}, "at": clock()}
        outbox.enqueue_message(session, STALL, **odd)  # type: ignore[arg-type]
    floor.trouble("the next one")

    hand_on()

    assert receiver.types == ["trouble"]


def test_silence_unknown_macs_and_the_digest_are_told(
    database: Database, hook: int, receiver: Receiver, floor: Floor, clock: Clock, hand_on: HandOn
) -> None:
    floor.register("C02AAA")
    hand_on()
    receiver.taken.clear()
    with database.begin() as session:
        unknown.ask_about(session, Serial.parse("C02ZZZ"), channel=CHANNEL, at=clock())
        for kind, payload in ((STALL, {"macs": [1]}), (DIGEST, {"sites": ["london"]})):
            facts: dict[str, Any] = payload
            outbox.enqueue_message(session, kind, channel=CHANNEL, payload=facts, at=clock())

    hand_on()

    told = {body["type"]: body["data"] for _, body in receiver.taken}
    assert sorted(told) == ["digest", "mac.stalled", "mac.unknown"]
    assert told["mac.stalled"]["serial"] == "C02AAA"
    assert told["mac.unknown"] == {"serial": "C02ZZZ", "link": None}
    assert (told["digest"]["sites"], told["digest"]["unknown"]) == (["london"], 1)
