"""Searches among registrations: pages of them, by any part of what is known of a Mac."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.outbox.models import Card
from provisioning.registrations import queries, register
from provisioning.registrations.models import CONFIRMED, Registration
from provisioning.values.serials import parse_all
from tests.support.acting import cancel, did
from tests.support.inputs.examples import NOON
from tests.support.installation import CHANNEL
from tests.support.tables import for_each

LAB, HALL = ["C02AAA000001", "C02AAA000002", "C02BBB000003"], ["C02CCC000004"]


@pytest.fixture
def database(database: Database) -> Database:
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


def found(session: Session, text: str, **page: int) -> tuple[list[str], int]:
    macs, total = queries.find(session, text, **{"limit": 10, **page})
    return [mac.serial for mac in macs], total


@for_each(
    ("text", "serials"),
    [
        ("aaa", LAB[:2]),
        ("000004", HALL),
        ("LONDON", LAB),
        ("kios", HALL),
        ("5%", LAB),
        ("5_", []),
        ("U0BOB", HALL),
        ("<@u0alice>", LAB),
        ("<@U0ALICE|alice>", LAB),
        ("U0ALIC", []),
    ],
)
def test_a_mac_is_found_by_a_part_of_it_in_any_case(
    database: Database, text: str, serials: list[str]
) -> None:
    with database.reading() as session:
        assert found(session, text) == (serials[::-1], len(serials))


def test_a_whole_serial_finds_that_mac_alone_also_where_it_was_cancelled(
    database: Database,
) -> None:
    with database.begin() as session:
        operation = did(session, "cancelled", by="U0ALICE", at=NOON)
        cancel(session, parse_all(LAB[:1])[0], act=operation)
        place = Destination("london", "design")
        longer = did(session, "registered", by="U0BOB", at=NOON)
        register.register(
            session, parse_all([f"{LAB[0]}X"]), place, operation=longer, channel=CHANNEL
        )
    with database.reading() as session:
        assert found(session, LAB[0].lower()) == ([LAB[0]], 1)
        assert found(session, LAB[0][1:]) == ([f"{LAB[0]}X", LAB[0]], 2)


def test_a_page_has_the_newest_and_the_number_is_that_of_all(database: Database) -> None:
    with database.reading() as session:
        assert found(session, "c02", limit=3) == ([*HALL, *LAB[:0:-1]], 4)
        assert found(session, "c02", limit=3, offset=3) == (LAB[:1], 4)


@pytest.mark.parametrize("text", ["c02", "i"])  # in each serial; in a site and both builds
def test_very_many_are_counted_up_to_a_number_and_one_more(database: Database, text: str) -> None:
    with database.reading() as session:
        assert found(session, text, limit=1, most=2) == (HALL, 3)


def test_those_wait_that_are_not_done_at_one_site_or_at_all(database: Database) -> None:
    with database.begin() as session:
        done = update(Registration).where(Registration.serial == LAB[0])
        session.execute(done.values(state=CONFIRMED))
    with database.reading() as session:
        for site, serials in ((None, [*HALL, *LAB[:0:-1]]), ("paris", HALL), ("rome", [])):
            macs, total = queries.waiting(session, site, limit=10)
            assert ([mac.serial for mac in macs], total) == (serials, len(serials))


@for_each(("text", "limit", "serials"), [(" aaa ", 9, LAB[:2]), ("", 2, LAB[:2]), ("ccc", 9, [])])
def test_macs_of_a_card_are_found_among_its_own(
    database: Database, text: str, limit: int, serials: list[str]
) -> None:
    with database.reading() as session:
        card = session.get_one(Card, 1)

        assert [mac.serial for mac in queries.among(session, card, text, limit=limit)] == serials


@for_each(
    ("typed", "near"),
    [
        ("C02AAB000001", [LAB[0]]),  # the end is right
        ("C02AAA000009", LAB[:2]),  # the beginning is
        ("X02AAA00X001", []),
        ("C_2AAA00X001", []),  # a sign of LIKE is a character like others
        ("X02AAA00_001", []),
    ],
)
def test_the_nearest_are_those_of_one_slip(database: Database, typed: str, near: list[str]) -> None:
    [serial] = parse_all([typed])
    with database.reading() as session:
        assert sorted(queries.nearest(session, serial)) == near
