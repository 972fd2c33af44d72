"""Webhooks in the database: what waits for one is found among millions of messages."""

import re

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.monitoring.webhooks import hooks
from provisioning.outbox.models import PARKED, SENT, Notification
from tests.support.databases.plans import plans_of
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
