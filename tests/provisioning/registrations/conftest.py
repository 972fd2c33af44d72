"""Macs on two cards, which lists and searches find, and manifests that an admin makes."""

import plistlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.registrations import serial_index
from provisioning.registrations.models import Registration
from tests.support.acting import register
from tests.support.inputs.examples import NOON

Put = Callable[[str], Path]
MAC, OTHER = "C02XG0FDJGH5", "C02YK1QWLVDN"
INDEX_IN_USE = "serial_parts VIRTUAL TABLE INDEX"  # as SQLite says it
SETTLED = NOON + serial_index.MAX_DELAY
LAB, HALL = ["C02AAA000001", "C02AAA000002", "C02BBB000003"], ["C02CCC000004"]


@pytest.fixture
def two_cards(database: Database) -> Database:
    """A database with the Macs of two cards, by Alice and Bob."""
    for serials, by, place, note in (
        (LAB, "U0ALICE", ("london", "design"), "the 5% room"),
        (HALL, "U0BOB", ("Paris", "kiosk"), "hall"),
    ):
        register(database, *serials, to=Destination(*place), by=by, at=NOON, note=note)
    return database


@pytest.fixture(params=["no serial", "some serials", "all serials"])
def indexed(request: pytest.FixtureRequest, two_cards: Database) -> Database:
    """The Macs of two cards, with an index that has followed them as far as its parameter says."""
    how_far = request.param
    with two_cards.begin() as session:
        if how_far == "some serials":
            newer = update(Registration).where(Registration.serial.in_(HALL))
            session.execute(newer.values(created_at=NOON + timedelta(minutes=1)))
        if how_far != "no serial":
            serial_index.follow(session, SETTLED)
    return two_cards


@pytest.fixture
def put(repo_folder: Path) -> Put:
    """Have an admin make a manifest."""

    def write(name: str) -> Path:
        path = repo_folder / "manifests" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(plistlib.dumps({"catalogs": ["production"]}))
        return path

    return write
