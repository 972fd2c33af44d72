"""The columns of the board: counted in full, with the newest of each state."""

import pytest

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.registrations import register
from provisioning.registrations.listings import columns
from provisioning.registrations.models import WAITING
from provisioning.values.serials import parse_all
from tests.support.acting import did
from tests.support.fixtures.doors import NOON


@pytest.mark.parametrize("text", ["", "C02"])
def test_a_column_counts_all_and_shows_the_newest(database: Database, text: str) -> None:
    serials = ["C02AAA", "C02BBB", "C02CCC"]
    with database.begin() as session:
        register.register(
            session,
            parse_all(serials),
            Destination("london", "design"),
            operation=did(session, "registered", by="U0ALICE", at=NOON),
            channel="C0IMAGING",
        )

        found = columns.of(session, site="", build="", text=text, limit=2)

        (number, shown) = found[WAITING]
        assert [*found] == [WAITING]
        assert (number, [mac.serial for mac in shown]) == (3, ["C02CCC", "C02BBB"])
