"""Errors, as logs tell them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from infrastructure.database.engine import Database
from infrastructure.errors import first_line
from infrastructure.jobs.models import LastRun

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def note(database: Database, what: str) -> None:
    """Add a row, which is written because the session is asked for the rows."""
    with database.begin() as session:
        session.add(LastRun(what=what, at=NOON))
        session.scalars(select(LastRun))


def test_the_first_line_of_a_database_error_is_the_reason_of_the_driver(database: Database) -> None:
    """Not SQLAlchemy's hint on what had the session write, and no value of the statement."""
    note(database, "secret")
    with pytest.raises(IntegrityError) as failure:
        note(database, "secret")

    assert "autoflush" in str(failure.value)
    assert first_line(failure.value) == (
        "(sqlite3.IntegrityError) UNIQUE constraint failed: looks.what"
    )


def test_an_error_without_a_text_is_told_by_its_class() -> None:
    assert first_line(TimeoutError()) == "TimeoutError"
    assert first_line(ValueError("one\ntwo")) == "one"
