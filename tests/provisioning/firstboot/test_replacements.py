"""Replacements that several people ask for at once."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.firstboot.replacements import replacing
from provisioning.firstboot.replacements.models import BOARD, Replacement
from provisioning.firstboot.replacements.replacing import Exchange, NotReplaceable
from provisioning.munki import Destination
from provisioning.registrations import register
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial, parse_all
from tests.support.acting import did

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def at_once(database: Database, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Replace the first of each pair by the second, all at once; returns the refusals."""
    barrier, refusals = threading.Barrier(len(pairs)), list[str]()

    def ask(old: str, new: str) -> None:
        barrier.wait()
        try:
            with database.begin() as session:
                exchange = Exchange(Serial(old), Serial(new), BOARD, False, None, 1)
                replacing.replace(session, exchange, did(session, "replaced", by="U0ALICE"))
        except NotReplaceable as error:
            refusals.append(str(error))

    threads = [threading.Thread(target=ask, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "pairs",
    [
        [("C02AAA", f"C02NEW{number}") for number in range(4)],
        [("C02AAA", "C02NEW"), ("C02BBB", "C02NEW"), ("C02CCC", "C02NEW")],
    ],
    ids=["one-old", "one-new"],
)
def test_of_people_who_ask_at_once_one_is_served_and_the_others_are_told(
    database: Database, pairs: Sequence[tuple[str, str]]
) -> None:
    with database.begin() as session:
        macs = parse_all(sorted({old for old, _ in pairs}))
        act = did(session, "registered", by="U0ALICE", at=NOON)
        register.register(
            session, macs, Destination("london", "design"), operation=act, channel="C1"
        )

    refusals = at_once(database, pairs)

    assert len(refusals) == len(pairs) - 1
    with database.reading() as session:
        (replacement,) = session.scalars(select(Replacement)).all()
        serials = set(session.scalars(select(Registration.serial)))
    assert replacement.new in serials
    assert replacement.old not in serials
