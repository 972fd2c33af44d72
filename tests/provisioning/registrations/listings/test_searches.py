"""Searches among registrations: pages of them, by any part of what is known of a Mac."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.registrations import serial_index
from provisioning.registrations.listings import searches
from provisioning.registrations.models import Registration
from tests.provisioning.registrations.conftest import HALL, INDEX_IN_USE, LAB, SETTLED
from tests.support.acting import cancel_now, register
from tests.support.databases.plans import plans_of
from tests.support.databases.postgres import is_one_waiting
from tests.support.inputs.examples import NOON
from tests.support.soaking import rows_in_soak
from tests.support.tables import for_each
from tests.support.waiting import eventually


def found(session: Session, text: str, **page: int) -> tuple[list[str], int]:
    macs, total = searches.find(session, text, **{"limit": 10, **page})
    return [mac.serial for mac in macs], total


@rows_in_soak(
    "an index of some is asked, and so are the rows",
    *(f"{indexed}-postgresql" for indexed in ("no serial", "all serials")),
)
@pytest.mark.postgresql
@for_each(
    ("text", "serials"),
    [
        ("aaa", LAB[:2]),
        ("000004", HALL),
        ("02", [*LAB, *HALL]),
        ("A000001", LAB[:1]),
        ("AAAAAA", []),
        ('"C02"', []),
        ("C02 AAA", []),
        ("C02*", []),
        ("C02" * 85, []),
        ("Ç02", []),
        ("LONDON", LAB),
        ("pari", HALL),
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
    indexed: Database, text: str, serials: list[str]
) -> None:
    with indexed.reading() as session:
        assert found(session, text) == (serials[::-1], len(serials))


def test_a_whole_serial_finds_that_mac_alone_also_where_it_was_cancelled(
    two_cards: Database,
) -> None:
    cancel_now(two_cards, LAB[0], at=NOON)
    register(two_cards, f"{LAB[0]}X", by="U0BOB", at=NOON)
    with two_cards.reading() as session:
        assert found(session, LAB[0].lower()) == ([LAB[0]], 1)
        assert found(session, LAB[0][1:]) == ([f"{LAB[0]}X", LAB[0]], 2)


@pytest.mark.postgresql
def test_a_whole_computer_name_finds_its_mac(two_cards: Database) -> None:
    named = update(Registration).where(Registration.serial == LAB[0])
    with two_cards.begin() as session:
        session.execute(named.values(computer_name="Lab 07"))
    with two_cards.reading() as session:
        assert found(session, "Lab 07") == found(session, "lab 07") == (LAB[:1], 1)
        assert found(session, "Lab 0") == ([], 0)


def test_a_page_has_the_newest_and_the_number_is_that_of_all(indexed: Database) -> None:
    with indexed.reading() as session:
        assert found(session, "c02", limit=3) == ([*HALL, *LAB[:0:-1]], 4)
        assert found(session, "c02", limit=3, offset=3) == (LAB[:1], 4)


@pytest.mark.parametrize("text", ["c02", "i"])  # in each serial; in a site and both builds
def test_very_many_are_counted_up_to_a_number_and_one_more(indexed: Database, text: str) -> None:
    with indexed.reading() as session:
        assert found(session, text, limit=1, max_counted=2) == (HALL, 3)


def test_the_index_takes_what_has_settled_in_order_and_once(two_cards: Database) -> None:
    with two_cards.begin() as session:
        assert serial_index.follow(session, SETTLED - timedelta(seconds=1)) == 0
        older = update(Registration).where(Registration.serial.in_(LAB[1:]))
        session.execute(older.values(created_at=NOON + timedelta(minutes=1)))
        assert serial_index.follow(session, SETTLED) == 1  # and not those behind it, until it can
        assert serial_index.follow(session, SETTLED) == 0
        assert serial_index.follow(session, SETTLED + timedelta(minutes=1)) == 3
        assert session.scalar(select(func.count()).select_from(serial_index.INDEX)) == 4


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_job_runners_add_each_serial_once(two_cards: Database, database_url: str) -> None:
    def follow() -> int:
        with two_cards.begin() as session:
            return serial_index.follow(session, SETTLED)

    with ThreadPoolExecutor(1) as pool:
        with two_cards.begin() as session:
            assert serial_index.follow(session, SETTLED) == 4
            other = pool.submit(follow)
            eventually(lambda: is_one_waiting(database_url))
        assert other.result() == 0


def test_a_part_of_a_serial_is_looked_up_in_the_index(indexed: Database) -> None:
    def act() -> None:
        with indexed.reading() as session:
            found(session, "AAA")

    plans = plans_of(indexed, act, serial_index.INDEX.name)

    assert INDEX_IN_USE in "\n".join(plans)
    assert [line for line in plans if line == "SCAN registrations"] == []
