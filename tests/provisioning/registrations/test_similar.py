"""Serials of registered Macs that a mistyped one may have been meant to be."""

import pytest

from infrastructure.database.engine import Database
from provisioning.registrations import serial_index, similar
from provisioning.values.serials import Serial
from tests.provisioning.registrations.conftest import INDEX_IN_USE, LAB
from tests.support import acting
from tests.support.databases.plans import plans_of
from tests.support.tables import for_each


@pytest.mark.postgresql(instead=True)
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
def test_the_nearest_are_those_of_one_slip(indexed: Database, typed: str, near: list[str]) -> None:
    serial = Serial.parse(typed)
    with indexed.reading() as session:
        assert sorted(similar.nearest(session, serial)) == near


def test_a_short_serial_is_found_by_a_short_half(two_cards: Database) -> None:
    acting.register(two_cards, "AB12C")

    with two_cards.reading() as session:
        assert similar.nearest(session, Serial("ABX2C")) == ["AB12C"]


def test_one_slip_is_found_among_many_newer_ones_with_the_same_half(two_cards: Database) -> None:
    newer = [f"VM{100 + number}X" for number in range(similar.MAX_COMPARED)]
    acting.register(two_cards, "VM-2", *newer)

    with two_cards.reading() as session:
        assert similar.nearest(session, Serial("VM2")) == ["VM-2"]


def test_a_mac_that_was_cancelled_is_not_meant(two_cards: Database) -> None:
    acting.cancel_now(two_cards, LAB[0])

    with two_cards.reading() as session:
        assert similar.nearest(session, Serial("C02AAB000001")) == []


def test_a_mistyped_serial_is_looked_up_in_the_index(two_cards: Database) -> None:
    def act() -> None:
        with two_cards.reading() as session:
            similar.nearest(session, Serial("C02AAB000001"))

    plans = plans_of(two_cards, act, serial_index.INDEX.name)

    assert INDEX_IN_USE in "\n".join(plans)
    assert [line for line in plans if line.startswith("SCAN registrations")] == []


@pytest.mark.postgresql(instead=True)
@for_each("others", [0, 4 * similar.SPELLINGS])
def test_slips_are_found_beside_few_registrations_and_beside_many(
    two_cards: Database, others: int
) -> None:
    acting.register(two_cards, "VM-2+A", *(f"FVF{number:07}Q" for number in range(others)))
    with two_cards.reading() as session:
        slips = {"C02AAAO0OOO1": LAB[0], "C02AAA00001": LAB[0], "VM2+A": "VM-2+A"}

        assert similar.slips(session, [*slips, "C02AAX000X01"], without=[]) == slips
        assert similar.slips(session, [*slips], without=[*slips.values()]) == {}
