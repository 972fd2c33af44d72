"""Webhooks in the database: what waits for one is found among millions of messages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from ipaddress import ip_network

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.text import Sentence
from provisioning.access.accounts.models import Account
from provisioning.diagnostics import backlog_findings
from provisioning.monitoring.webhooks import hooks, queues
from provisioning.monitoring.webhooks.fanout import FanOut
from provisioning.outbox.models import PARKED, PENDING, SENT, SLACK, Notification
from tests.support.databases.plans import plans_of
from tests.support.databases.turns import beside
from tests.support.fixtures.doors import Clock

MANY = 1_000
# What a database reads of the table: a step of SQLite's plan, or a node of PostgreSQL's.
_READ = re.compile(r"\b(?:SEARCH|SCAN|Index Scan|Index Only Scan|Seq Scan)\b.*notifications")
_BY_QUEUE = re.compile(
    r"ix_notifications_(?:owed|parked)"
    r"(?: on| {2}\(cost| \(transport=\? AND channel>\? AND channel<\?\))"
)
_BY_ID = re.compile(r"pk_notifications|PRIMARY KEY \(rowid=\?\)")


@pytest.mark.postgresql
def test_what_waits_for_a_webhook_is_found_by_the_indexes_of_its_states(
    database: Database, clock: Clock
) -> None:
    """However many messages were sent, and wait for other receivers or another transport."""
    with database.begin() as session:
        one, other = (
            hooks.make(session, "https://a.example.com", by="U0ALICE", at=clock()).id
            for _ in range(2)
        )
        rows = [
            queues.row(hook, {"data": {}}, clock()) | {"state": state}
            for hook, state, number in (
                (one, SENT, MANY),
                (other, PARKED, MANY),
                (other, PENDING, MANY),
                (one, PARKED, 3),
                (one, PENDING, 3),
            )
            for _ in range(number)
        ]
        session.execute(insert(Notification), rows)
        session.execute(insert(Notification), [{**of_slack(row), "state": PARKED} for row in rows])
        session.execute(text("ANALYZE"))

    def act() -> None:
        with database.reading() as session:
            assert hooks.status(session, one).parked == 3
        assert hooks.replay(database, one, at=clock(), limit=9) == 3
        with database.begin() as session:
            queues.forget(session, queues.left_behind(session, one))

    plans = plans_of(database, act, "notifications")
    read = [line for line in plans if _READ.search(line)]
    assert len([line for line in read if _BY_QUEUE.search(line)]) >= 6, read
    assert [line for line in read if not _BY_QUEUE.search(line) and not _BY_ID.search(line)] == []
    assert [line for line in plans if re.search("Filter:.*channel", line)] == []


def of_slack(row: dict[str, object]) -> dict[str, object]:
    """A row of the outbox as one of another transport, in a queue of the same name."""
    return {**row, "key": f"slack {row['key']}", "transport": SLACK}


@pytest.mark.postgresql(instead=True)
def test_what_is_pending_is_counted_up_to_a_number_and_its_reason_is_at_the_head(
    database: Database, clock: Clock
) -> None:
    with database.begin() as session:
        one, other = (
            hooks.make(session, "https://a.example.com", by="U0ALICE", at=clock()).id
            for _ in range(2)
        )
        rows = [queues.row(one, {"data": {"serial": f"C02{n}"}}, clock()) for n in range(6)]
        rows.append(queues.row(other, {"data": {}}, clock()))
        session.execute(insert(Notification), rows)
        failed = update(Notification).where(Notification.key == rows[1]["key"])
        session.execute(failed.values(reason="it answered 500", attempts=1))

        found = [(each.pending, each.parked, each.reason) for each in hooks.listed(session, 3)]
        assert found == [(4, 0, "it answered 500"), (1, 0, None)]
        assert hooks.status(session, one).pending == 6
        session.execute(update(Notification).values(state=PARKED))
        found = [(each.pending, each.parked, each.reason) for each in hooks.listed(session, 3)]
        assert found == [(0, 4, "it answered 500"), (0, 1, None)]
        hooks.end(session, one, by="U0ALICE", reason="", at=clock())
        assert hooks.status(session, one).parked == 0


def set_aside(database: Database, clock: Clock, number: int) -> int:
    """The number of a webhook for which so many messages are set aside, each of another Mac."""
    with database.begin() as session:
        hook = hooks.make(session, "https://a.example.com", by="U0ALICE", at=clock()).id
        rows = [
            queues.row(hook, {"data": {"serial": f"C02{each}"}}, clock()) | {"state": PARKED}
            for each in range(number)
        ]
        session.execute(insert(Notification), rows)
    return hook


def count(database: Database, state: str) -> int:
    with database.reading() as session:
        return len(session.scalars(select(Notification).where(Notification.state == state)).all())


def test_a_replay_that_is_broken_off_leaves_the_rest_to_the_next_one(
    database: Database, clock: Clock
) -> None:
    """Each portion is a transaction of its own, between which Macs come to SQLite's writer."""
    hook = set_aside(database, clock, 10)

    class Killed:
        """The database of a process that is killed after two portions."""

        begun, reading = 0, database.reading

        @contextmanager
        def begin(self) -> Iterator[Session]:
            if self.begun == 2:
                raise InterruptedError
            self.begun += 1
            with database.begin() as session:
                yield session

    with pytest.raises(InterruptedError):
        hooks.replay(Killed(), hook, at=clock(), limit=2)

    assert (count(database, PENDING), count(database, PARKED)) == (4, 6)
    assert hooks.replay(database, hook, at=clock(), limit=2) == 6
    assert (count(database, PENDING), count(database, PARKED)) == (10, 0)
    assert hooks.replay(database, hook, at=clock()) == 0


@pytest.mark.postgresql(instead=True)
def test_what_waited_for_a_webhook_that_ended_is_deleted_some_at_a_time(
    database: Database, clock: Clock
) -> None:
    ended, open_one = set_aside(database, clock, 5), set_aside(database, clock, 2)
    with database.begin() as session:
        session.execute(update(Notification).where(Notification.id < 3).values(state=PENDING))
        hooks.end(session, ended, by="U0ALICE", reason="", at=clock())
    steps = FanOut(database, clock=clock, limit=2)

    left = []
    while steps.step():
        left.append(count(database, PENDING) + count(database, PARKED))

    assert left == [5, 3, 2]
    with database.reading() as session:
        assert hooks.status(session, open_one).parked == 2


@pytest.mark.postgresql(soak=True)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_webhooks_are_listed_in_the_order_in_which_they_were_made(
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
        for _ in range(hooks.MAX_HOOKS - 1):
            make(session)

    with pytest.raises(hooks.UnusableHook):
        beside(database, make)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_who_replay_at_once_one_does(database: Database, clock: Clock) -> None:
    with database.begin() as session:
        hook = hooks.make(session, "https://a.example.com", by="U0ALICE", at=clock()).id
        rows = [queues.row(hook, {"data": {}}, clock()) | {"state": PARKED} for _ in range(3)]
        session.execute(insert(Notification), rows)
    sent = list[int]()

    def replay(_: Session) -> None:
        sent.append(hooks.replay(database, hook, at=clock()))

    beside(database, replay)

    assert sorted(sent) == [0, 3]


@pytest.mark.postgresql(instead=True)
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


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com", "https://", "https://a:b@example.com", "https://x y", "javascript:1", ""],
)
def test_an_address_that_cannot_be_posted_to_is_refused(
    database: Database, clock: Clock, url: str
) -> None:
    with pytest.raises(hooks.UnusableHook), database.begin() as session:
        hooks.make(session, url, by="U0ALICE", at=clock())


@pytest.mark.parametrize(
    ("url", "allow", "is_taken"),
    [
        ("http://127.0.0.1:8080/hook", (), False),
        ("https://localhost/hook", (), False),
        ("https://10.1.2.3/hook", (), False),
        ("https://[fd00::1]/hook", (), False),
        ("http://tickets.lan/hook", (), False),
        ("http://tickets.lan/hook", ("10.1.0.0/16",), True),
        ("https://10.1.2.3/hook", ("10.1.0.0/16",), True),
        ("http://10.2.2.3/hook", ("10.1.0.0/16",), False),
        ("http://localhost:8080/hook", ("127.0.0.0/8",), True),
        ("http://localhost:8080/hook", ("::1/128",), True),
        ("https://desk.localhost/hook", (), False),
        ("https://192.0.43.8/hook", (), True),
        ("https://tickets.lan/hook", (), True),
    ],
)
def test_an_address_to_which_nothing_would_ever_go_is_refused_at_once(
    database: Database, clock: Clock, url: str, allow: tuple[str, ...], *, is_taken: bool
) -> None:
    """A name is looked up later, at each attempt: by https it may lead to any address."""
    networks = tuple(map(ip_network, allow))
    with (
        nullcontext() if is_taken else pytest.raises(hooks.UnusableHook, match=r"webhooks\.allow"),
        database.begin() as session,
    ):
        hooks.make(session, url, by="U0ALICE", at=clock(), allowed=networks)

    with database.reading() as session:
        assert bool(hooks.listed(session)) is is_taken
