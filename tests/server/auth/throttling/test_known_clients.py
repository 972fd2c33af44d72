"""Clients that were let in are known for thirty days, to all processes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from infrastructure.database.engine import Database
from provisioning.access import known_clients
from provisioning.access.known_clients import KnownClients
from provisioning.access.models import KnownClient
from tests.server.auth.throttling.callers import ELSEWHERE, LAB, Door
from tests.support.clocks import Seconds
from tests.support.fixtures.doors import NOON
from tests.support.installation import SECRET_KEY

Kept = Callable[[], int]
Start = Callable[..., Door]


@pytest.mark.postgresql(soak=True)
def test_who_was_good_is_known_to_other_processes_and_after_a_restart(
    door: Door, start: Start, kept: Kept
) -> None:
    door.fetch(LAB)
    assert kept() == 1

    restarted = start()
    restarted.guess_until_slowed(LAB)

    assert restarted.fetch(LAB).status_code == 200
    assert restarted.fetch(ELSEWHERE).status_code == 200


def test_a_process_that_slows_somebody_hears_soon_whom_another_one_let_in(
    start: Start, seconds: Seconds, kept: Kept
) -> None:
    one, other = start(), start()
    other.guess_until_slowed(LAB)
    assert other.fetch(LAB).status_code == 429

    one.fetch(LAB)
    assert kept() == 1
    seconds.now += known_clients.STALE

    assert other.fetch(LAB).status_code == 200


def test_a_known_client_is_noted_once_a_day_however_often_it_comes(
    database: Database, seconds: Seconds
) -> None:
    noted: list[bytes] = []
    clients = KnownClients(database, SECRET_KEY, noted.append, seconds)
    for _ in range(200):
        clients.note(LAB, b"credential")
    seconds.now += known_clients.NOTE_INTERVAL - 1
    clients.note(LAB, b"credential")
    assert len(noted) == 1

    seconds.now += 1
    clients.note(LAB, b"credential")
    assert noted[0] == noted[1]
    assert len(noted) == 2


@pytest.mark.postgresql(instead=True)
def test_nothing_kept_says_who_it_was_or_with_what(
    door: Door, database: Database, kept: Kept
) -> None:
    for address in (LAB, ELSEWHERE, "2001:db8::7"):
        door.fetch(address)
    assert kept() == 3

    with database.reading() as session:
        digests = session.scalars(select(KnownClient.digest)).all()
    assert {len(digest) for digest in digests} == {known_clients.SIZE}
    assert len(set(digests)) == 3


def test_only_what_is_good_is_kept(door: Door, kept: Kept) -> None:
    door.guess_until_slowed(LAB)
    door.report(LAB, "wrong")
    door.get(LAB, None)
    door.fetch(ELSEWHERE)

    assert kept() == 1


@pytest.mark.postgresql(instead=True)
def test_a_client_that_did_not_come_for_thirty_days_is_known_no_more(
    door: Door, start: Start, database: Database, kept: Kept
) -> None:
    door.fetch(LAB)
    assert kept() == 1
    last = datetime.now(UTC) - known_clients.RETENTION - timedelta(minutes=1)
    with database.begin() as session:
        session.execute(update(KnownClient).values(last_good_at=last))

    restarted = start()
    restarted.guess_until_slowed(LAB)
    assert restarted.fetch(LAB).status_code == 429

    restarted.fetch(ELSEWHERE)
    assert kept() == 1


@pytest.mark.postgresql
def test_a_crowd_of_clients_takes_few_rows(database: Database) -> None:
    for batch in range(10):
        digests = [bytes([batch, number]) for number in range(10)]
        with database.begin() as session:
            known_clients.note(session, digests, NOON + timedelta(seconds=batch))
    with database.begin() as session:
        known_clients.forget(session, NOON, limit=30)

    with database.reading() as session:
        left = {digest[0] for digest in session.scalars(select(KnownClient.digest))}
    assert left == {7, 8, 9}


@pytest.mark.parametrize("database_url", ["sqlite", "own_postgresql"], indirect=True)
def test_a_database_without_the_table_keeps_known_clients_in_memory(
    door: Door, database: Database
) -> None:
    with database.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE known_clients RENAME TO away")
    door.fetch(LAB)
    door.guess_until_slowed(LAB)

    assert door.fetch(LAB).status_code == 200
