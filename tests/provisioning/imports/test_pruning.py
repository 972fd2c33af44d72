"""The Macs of imports: kept for as long as somebody may want them, and then forgotten."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.imports import lifecycle
from provisioning.imports.lifecycle import Submission
from provisioning.imports.models import Import
from provisioning.imports.parsing.entries import Entry, ParseResult
from provisioning.values.serials import Serial
from tests.support.databases.retention import retain

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def submit(database: Database, note: str) -> int:
    """Submit a Mac; returns the import's number."""
    result = ParseResult((Entry(Serial("C02AAA"), "london", "design"),))
    with database.begin() as session:
        submission = Submission(by="U0ALICE", via="message", at=NOON, note=note)
        imported = lifecycle.keep(session, result, submission)
        return imported.id


def kept(database: Database) -> set[str]:
    """The notes of the imports whose Macs are there."""
    with database.reading() as session:
        return set(session.scalars(select(Import.note).where(Import.reading.is_not(None))))


def test_the_macs_of_an_import_are_forgotten_ninety_days_after_it_was_dropped(
    database: Database,
) -> None:
    dropped, later = submit(database, "dropped"), submit(database, "dropped later")
    submit(database, "open")
    with database.begin() as session:
        lifecycle.drop(session, dropped, by="U0BOB", at=NOON)
        lifecycle.drop(session, later, by="U0BOB", at=NOON + timedelta(seconds=1))

    retain(database, NOON + timedelta(days=90))
    assert kept(database) == {"dropped", "dropped later", "open"}
    retain(database, NOON + timedelta(days=90, seconds=1))
    assert kept(database) == {"dropped later", "open"}
