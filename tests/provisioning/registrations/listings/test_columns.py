"""The columns of the board: counted in full, with the newest of each state."""

import pytest

from infrastructure.database.engine import Database
from provisioning.registrations.listings import columns
from provisioning.registrations.models import WAITING
from tests.support import acting
from tests.support.fixtures.doors import NOON


@pytest.mark.parametrize("text", ["", "C02"])
def test_a_column_counts_all_and_shows_the_newest(database: Database, text: str) -> None:
    acting.register(database, "C02AAA", "C02BBB", "C02CCC", at=NOON)

    with database.reading() as session:
        found = columns.of(session, site="", build="", text=text, limit=2)

        (number, shown) = found[WAITING]
        assert [*found] == [WAITING]
        assert (number, [mac.serial for mac in shown]) == (3, ["C02CCC", "C02BBB"])
