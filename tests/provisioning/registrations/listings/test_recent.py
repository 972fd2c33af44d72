"""Changes since the last look: events, reports, silence, and those that are seen late."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.registrations import register
from provisioning.registrations.listings import recent
from provisioning.registrations.listings.recent import MISSING_FOR, ChangeReader
from provisioning.registrations.models import Event, Registration
from provisioning.values.serials import Serial
from tests.support.acting import did
from tests.support.installation import CHANNEL

NOW = datetime.now(UTC)
Look = Callable[[], set[int] | None]


def put(session: Session, *serials: str) -> None:
    register.register(
        session,
        [Serial.parse(text) for text in serials],
        Destination("london", "design"),
        operation=did(session, "registered", by="U0ALICE"),
        channel=CHANNEL,
    )


@pytest.fixture
def seconds() -> list[float]:
    """The reader's clock."""
    return [0.0]


@pytest.fixture
def look(database: Database, seconds: list[float]) -> Look:
    """A reader that has read once, when there was nothing."""
    reader = ChangeReader(lambda: seconds[0])

    def read() -> set[int] | None:
        with database.reading() as session:
            changed = reader.read(session)
        return None if changed is None else set(changed)

    assert read() == set()
    return read


@pytest.mark.postgresql
def test_each_change_is_read_once(database: Database, look: Look) -> None:
    with database.begin() as session:
        put(session, "C02AAA", "C02BBB")
    assert look() == {1, 2}
    assert look() == set()
    reports = (
        {"heard_at": NOW, "state": "imaging"},
        {"heard_at": NOW + timedelta(seconds=20)},
        {"heard_at": NOW + timedelta(seconds=12)},  # by a server whose clock is late
        {"mentioned_at": NOW + timedelta(minutes=10)},
    )
    for values in reports:
        with database.begin() as session:
            session.execute(update(Registration).where(Registration.id == 1).values(**values))
        assert (values, look()) == (values, {1})
        assert look() == set()


@pytest.mark.postgresql
def test_an_event_that_is_seen_after_a_later_one_is_read(
    database: Database, look: Look, seconds: list[float]
) -> None:
    def happen(number: int, registration: int) -> None:
        with database.begin() as session:
            event = Event(id=number, registration_id=registration, what="moved", at=NOW)
            session.add(event)

    with database.begin() as session:
        put(session, "C02AAA", "C02BBB")
    look()
    happen(10, 1)
    assert look() == {1}
    happen(9, 2)
    assert look() == {2}
    assert look() == set()
    seconds[0] += MISSING_FOR
    happen(8, 2)
    assert look() == set()


def test_a_database_that_went_back_and_very_many_changes_may_be_anything(
    database: Database, look: Look
) -> None:
    with database.begin() as session:
        put(session, *(f"C02{number:05}" for number in range(3)))
    look()
    with database.begin() as session:
        session.execute(delete(Event).where(Event.id > 1))
    assert look() is None
    with database.begin() as session:
        session.execute(
            text(
                "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < :most) "
                "INSERT INTO events (id, registration_id, what, at) "
                "SELECT i, 1, 'moved', '2026-01-01 00:00:00' FROM n"
            ),
            {"most": 10 + recent.MAX_CHANGES + 1},
        )
    assert look() is None
    assert look() == set()
