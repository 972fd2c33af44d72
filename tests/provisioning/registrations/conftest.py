"""Macs on two cards, which lists and searches find."""

import pytest

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.registrations import register
from provisioning.values.serials import parse_all
from tests.support.acting import did
from tests.support.inputs.examples import NOON
from tests.support.installation import CHANNEL

LAB, HALL = ["C02AAA000001", "C02AAA000002", "C02BBB000003"], ["C02CCC000004"]


@pytest.fixture
def two_cards(database: Database) -> Database:
    """A database with the Macs of two cards, by Alice and Bob."""
    for serials, by, place, note in (
        (LAB, "U0ALICE", ("london", "design"), "the 5% room"),
        (HALL, "U0BOB", ("paris", "kiosk"), "hall"),
    ):
        with database.begin() as session:
            register.register(
                session,
                parse_all(serials),
                Destination(*place),
                operation=did(session, "registered", by=by, at=NOON),
                channel=CHANNEL,
                note=note,
            )
    return database
