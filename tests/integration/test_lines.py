"""Sessions that threads keep, after something went wrong in one."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from provisioning.database import Database
from provisioning.models import Look

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def kept(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Look.what)))


def test_what_a_failed_transaction_had_not_written_yet_is_not_written_by_the_next(
    database: Database,
) -> None:
    def fails(session: Session) -> None:
        session.add(Look(what="never", at=NOON))
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - our own
        database.together(fails)
    database.together(lambda session: session.add(Look(what="next", at=NOON)))

    assert kept(database) == ["next"]


def test_after_a_statement_that_failed_the_next_transaction_succeeds(database: Database) -> None:
    def fails(session: Session) -> None:
        session.add(Look(what="never", at=NOON))
        session.flush()
        session.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(SQLAlchemyError):
        database.together(fails)
    database.together(lambda session: session.add(Look(what="next", at=NOON)))

    assert kept(database) == ["next"]
