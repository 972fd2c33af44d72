"""Webhooks in the database: what waits for one is found among millions of messages."""

import re

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.text import Sentence
from provisioning.access.accounts.models import Account
from provisioning.diagnostics import backlog_findings
from provisioning.monitoring.webhooks import hooks
from provisioning.outbox.models import PARKED, SENT, Notification
from tests.support.databases.plans import plans_of
from tests.support.databases.turns import beside
from tests.support.fixtures.doors import Clock

MANY = 1_000


def look(session: Session, hook: int, clock: Clock) -> None:
    hooks.listed(session)
    hooks.replay(session, hook, at=clock())
    hooks.end(session, hook, by="U0ALICE", reason="", at=clock())


@pytest.mark.postgresql
def test_what_waits_for_a_webhook_is_found_by_the_indexes_of_its_states(
    database: Database, clock: Clock
) -> None:
    """SQLite's writer is held meanwhile, and Macs wait for it."""
    with database.begin() as session:
        hook = hooks.make(session, "https://a.example.com", by="U0ALICE", at=clock()).id
        rows = [hooks.row(hook, {"data": {}}, clock()) | {"state": SENT} for _ in range(MANY)]
        session.execute(insert(Notification), rows)
        session.execute(insert(Notification).values({**rows[0], "key": "k", "state": PARKED}))
        session.execute(text("ANALYZE"))

    def act() -> None:
        with database.begin() as session:
            look(session, hook, clock)

    plans = plans_of(database, act, "notifications")
    read = [line for line in plans if re.search(r"\b(SEARCH|SCAN|Scan)\b.*notifications", line)]
    assert len(read) >= 4
    assert all("ix_notifications" in line for line in read), read
    with database.reading() as session:
        [status] = hooks.listed(session)
    assert (status.pending, status.parked) == (0, 0)


@pytest.mark.postgresql
def test_what_is_pending_is_counted_up_to_a_number_and_its_reason_is_at_the_head(
    database: Database, clock: Clock
) -> None:
    with database.begin() as session:
        one, other = (
            hooks.make(session, "https://a.example.com", by="U0ALICE", at=clock()).id
            for _ in range(2)
        )
        rows = [hooks.row(one, {"data": {"serial": f"C02{n}"}}, clock()) for n in range(6)]
        rows.append(hooks.row(other, {"data": {}}, clock()))
        session.execute(insert(Notification), rows)
        failed = update(Notification).where(Notification.key == rows[1]["key"])
        session.execute(failed.values(reason="it answered 500", attempts=1))

        found = [(each.pending, each.parked, each.reason) for each in hooks.listed(session, 3)]
        assert found == [(4, 0, "it answered 500"), (1, 0, None)]
        assert hooks.status(session, one).pending == 6
        hooks.end(session, one, by="U0ALICE", reason="", at=clock())
        assert hooks.status(session, one).pending == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_they_are_listed_in_the_order_in_which_they_were_made(
    database: Database, clock: Clock
) -> None:
    with database.begin() as session:
        for name in "abc":
            hooks.make(session, f"https://{name}.example.com", by="U0ALICE", at=clock())
    with database.begin() as session:
        numbers = [each.hook.id for each in hooks.listed(session)]
        hooks.end(session, numbers[0], by="U0ALICE", reason="", at=clock())  # its row is new now

        assert [each.hook.id for each in hooks.listed(session)] == numbers == sorted(numbers)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_webhooks_that_are_made_at_once_are_counted_both(
    database: Database, clock: Clock
) -> None:
    def make(session: Session) -> None:
        hooks.make(session, "https://a.example.com", by="U0ALICE", at=clock())

    with database.begin() as session:
        for _ in range(hooks.MOST - 1):
            make(session)

    with pytest.raises(hooks.UnusableHook):
        beside(database, make)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_who_replay_at_once_one_does(database: Database, clock: Clock) -> None:
    with database.begin() as session:
        hook = hooks.make(session, "https://a.example.com", by="U0ALICE", at=clock()).id
        rows = [hooks.row(hook, {"data": {}}, clock()) | {"state": PARKED} for _ in range(3)]
        session.execute(insert(Notification), rows)
    sent = list[int]()

    beside(database, lambda session: sent.append(hooks.replay(session, hook, at=clock())))

    assert sent == [3, 0]


@pytest.mark.postgresql
def test_the_doctor_tells_of_webhooks_whose_makers_left(database: Database, clock: Clock) -> None:
    def told() -> list[str]:
        with database.reading() as session:
            found = backlog_findings(session, clock(), "/mac", None)
        return [each.message for each in found if each.kind == "orphaned webhooks"]

    with database.begin() as session:
        for by in ("U0ALICE", "U0GUEST", "U0GONE", "an operator", "okta:1 Ada"):
            hooks.make(session, "https://a.example.com", by=by, at=clock())
    assert told() == []  # nobody has read who is in Slack
    with database.begin() as session:
        rows = [
            {"id": name, "name": name, "language": "en", "refusal": refusal}
            for name, refusal in (("U0ALICE", None), ("U0GUEST", Sentence("a guest").to_json()))
        ]
        session.execute(insert(Account), rows)

    assert [message.split()[5] for message in told()] == ["U0GUEST,", "U0GONE,"]
