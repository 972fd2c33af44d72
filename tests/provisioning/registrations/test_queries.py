"""Queries of registrations: those that wait, and those of a card."""

from sqlalchemy import update

from infrastructure.database.engine import Database
from provisioning.outbox.models import Card
from provisioning.registrations import queries
from provisioning.registrations.models import CONFIRMED, Registration
from tests.provisioning.registrations.conftest import HALL, LAB
from tests.support.tables import for_each


def test_macs_wait_that_are_not_done_at_one_site_or_at_all(two_cards: Database) -> None:
    with two_cards.begin() as session:
        done = update(Registration).where(Registration.serial == LAB[0])
        session.execute(done.values(state=CONFIRMED))
    with two_cards.reading() as session:
        for site, serials in ((None, [*HALL, *LAB[:0:-1]]), ("Paris", HALL), ("rome", [])):
            macs, total = queries.waiting(session, site, limit=10)
            assert ([mac.serial for mac in macs], total) == (serials, len(serials))


@for_each(("text", "limit", "serials"), [(" aaa ", 9, LAB[:2]), ("", 2, LAB[:2]), ("ccc", 9, [])])
def test_macs_of_a_card_are_found_among_its_own(
    two_cards: Database, text: str, limit: int, serials: list[str]
) -> None:
    with two_cards.reading() as session:
        card = session.get_one(Card, 1)

        assert [mac.serial for mac in queries.among(session, card, text, limit=limit)] == serials
