"""Wishes for mail, of which a person may have a few a day."""

from datetime import UTC, datetime

import pytest

from infrastructure.database.engine import Database
from provisioning.monitoring.mail import choices
from provisioning.monitoring.mail.choices import TooManyRequests
from tests.support.turns import beside

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ADDRESS = "stranger@example.com"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_wishes_at_once_are_counted_both(database: Database) -> None:
    with database.begin() as session:
        for person in ("U0ALICE", "U0BOB")[: choices.MOST_TO_ADDRESS - 1]:
            choices.ask(session, person, ADDRESS, NOW)

    with pytest.raises(TooManyRequests):
        beside(database, lambda session: choices.ask(session, "U0EVE", ADDRESS, NOW))
