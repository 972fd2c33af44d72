"""Counts of Macs: by site and state, kept for a while, never shown when they are too old."""

import threading
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import insert, text, update

from infrastructure.database.engine import Database
from infrastructure.heartbeats.store import present
from provisioning.monitoring.metrics import macs
from provisioning.monitoring.metrics.labels import MAX_LABELS
from provisioning.monitoring.metrics.macs import MAX_AGE, MacCounts
from provisioning.monitoring.metrics.models import MacCount
from provisioning.registrations.models import (
    CONFIRMED,
    FAILED,
    IMAGING,
    IS_OPEN,
    WAITING,
    Registration,
)
from tests.support.fixtures.doors import NOON


def add(database: Database, number: int, site: str, state: str = WAITING, **also: object) -> None:
    """Add registrations, as the database has them."""
    add_to_sites(database, {site: number}, state, **also)


def add_to_sites(
    database: Database, numbers: Mapping[str, int], state: str = WAITING, **also: object
) -> None:
    """Add so many registrations to each of some sites."""
    row = {"build": "design", "channel": "C1", "revision": 1, "created_at": NOON}
    row |= {"changed_at": NOON, "state": state, **also}
    with database.begin() as session:
        start = present(session).timestamp()
        rows = [
            {**row, "site": site, "serial": f"{site}{state}{start}{each}"}
            for site, number in numbers.items()
            for each in range(number)
        ]
        session.execute(insert(Registration), rows)


@pytest.mark.postgresql
def test_open_registrations_are_counted_by_site_and_state(database: Database) -> None:
    add(database, 3, "london")
    add(database, 2, "london", CONFIRMED)
    add(database, 1, "london", IMAGING)
    add(database, 1, "london", IMAGING, mentioned_at=NOON)
    add(database, 4, "paris", FAILED)
    add(database, 1, "oslo", IMAGING, mentioned_at=NOON)
    add(database, 1, "oslo", FAILED, mentioned_at=NOON)
    add(database, 1, "")
    add(database, 1, "oslo", IMAGING, mentioned_at=NOON, closed_at=NOON)
    add(database, 5, "paris", "cancelled", closed_at=NOON)

    counted = MacCounts(database).current()

    assert counted.age == 0
    assert counted.macs == [
        ("all", "waiting", 1),
        ("london", "confirmed", 2),
        ("london", "imaging", 1),
        ("london", "stalled", 1),
        ("london", "waiting", 3),
        ("oslo", "failed", 1),
        ("oslo", "stalled", 1),
        ("paris", "failed", 4),
    ]


def test_macs_are_counted_by_an_index_alone(database: Database) -> None:
    """The rows of a million Macs would take seconds, every 40 of them."""
    with database.reading() as session:
        literal = macs.NUMBERS.where(IS_OPEN).compile(session.connection())
        plan = [row[-1] for row in session.execute(text(f"EXPLAIN QUERY PLAN {literal}"))]

    assert "SCAN registrations USING INDEX ix_registrations_open_states" in plan


@pytest.mark.postgresql(instead=True)
def test_servers_share_a_count_for_a_minute(database: Database) -> None:
    first, second = MacCounts(database), MacCounts(database)
    add(database, 1, "london")
    first.current()
    add(database, 1, "london")

    kept = second.current()
    grow_old(database, MAX_AGE + 1)
    new = second.current()

    assert [kept.macs[0][2], new.macs[0][2]] == [1, 2]
    assert 0 <= kept.age <= MAX_AGE


def test_a_count_of_the_future_does_not_count(database: Database) -> None:
    """It is from before the clock was set back."""
    counts = MacCounts(database)
    add(database, 1, "london")
    counts.current()
    add(database, 1, "london")
    grow_old(database, -3600)

    assert counts.current().macs == [("london", "waiting", 2)]


def test_a_count_that_was_asked_for_is_renewed_until_the_database_is_closed(
    sqlite_url: str,
) -> None:
    database = Database(sqlite_url)
    MacCounts(database).current()
    [renewing] = [thread for thread in threading.enumerate() if thread.name == "counts"]

    database.close()

    assert not renewing.is_alive()


def grow_old(database: Database, seconds: float) -> None:
    with database.begin() as session:
        at = present(session) - timedelta(seconds=seconds)
        session.execute(update(MacCount).values(at=at))


def test_sites_beyond_two_hundred_are_one_those_with_fewest_macs(database: Database) -> None:
    sites = range(MAX_LABELS + 3)
    add_to_sites(database, {f"site {number:03}": 1 if number < 3 else 2 for number in sites})

    with database.reading() as session:
        counted = macs.count(session)

    assert len(counted) == MAX_LABELS + 1
    assert counted[0] == ("other", "waiting", 3)
