"""Former versions of manifests that are deleted."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.firstboot.replacements.models import BOARD, Replacement
from provisioning.maintenance.retention.periods import Retention
from provisioning.maintenance.retention.sweeps import SWEEPS
from provisioning.monitoring.drift.models import Drift
from provisioning.munki import WriteResult, revisions
from provisioning.munki.models import Revision
from provisioning.outbox.models import Card
from provisioning.registrations.models import Registration
from tests.support.acting import did
from tests.support.databases.retention import retain
from tests.support.fixtures.doors import NOON

pytestmark = pytest.mark.postgresql

LATER = NOON + timedelta(days=400)


def change(session: Session, name: str, *, days: float, registration: int | None = None) -> None:
    """Change a manifest, some days after noon."""
    revisions.record(
        session,
        name,
        WriteResult(True, "", b"before", b"after"),
        at=NOON + timedelta(days=days),
        via=revisions.API,
        registration_id=registration,
    )


def kept(database: Database) -> list[tuple[str, int]]:
    """The revisions: names, and days after noon."""
    with database.reading() as session:
        rows = session.execute(select(Revision.name, Revision.at).order_by(Revision.id))
        return [(name, (at - NOON).days) for name, at in rows]


def registered(session: Session, serial: str) -> int:
    """The id of a new registration."""
    mac = Registration(serial=serial, site="london", build="design", state="confirmed")
    mac.channel, mac.revision, mac.created_at, mac.changed_at = "C0", 1, NOON, NOON
    session.add(mac)
    session.flush()
    return mac.id


@pytest.mark.postgresql(soak=True)
def test_the_newest_of_each_manifest_stays_however_old_it_is(database: Database) -> None:
    with database.begin() as session:
        for name, days in (("a", 0), ("b", 1), ("a", 2), ("b", 50), ("b", 60), ("c", 3)):
            change(session, name, days=days)

    retain(database, LATER)

    assert kept(database) == [("a", 2), ("b", 50), ("b", 60), ("c", 3)]
    with database.reading() as session:
        last = revisions.newest(session, "a")
        assert last is not None
        assert last.after == b"after"


@pytest.mark.postgresql(instead=True)
def test_all_stay_where_they_are_kept_for_ever(database: Database) -> None:
    with database.begin() as session:
        for days in (0, 1):
            change(session, "a", days=days)

    retain(database, LATER, Retention(revisions=None))

    assert len(kept(database)) == 2


@pytest.mark.postgresql(instead=True)
def test_those_of_a_swapped_board_stay_until_its_mac_was_heard(database: Database) -> None:
    """By them it is seen whether the former manifest was removed, or never was."""
    with database.begin() as session:
        mac = registered(session, "C02AAAA")
        for days in (0, 1):
            change(session, "C02AAAA", days=days, registration=mac)
        swap = Replacement(act_id=did(session, "replaced", by="U0BOB").id, registration_id=mac)
        swap.by, swap.kind, swap.keep, swap.at = "U0BOB", BOARD, False, NOON
        swap.old, swap.new, swap.old_name, swap.new_name = "OLD", "C02AAAA", "OLD", "C02AAAA"
        session.add(swap)

    retain(database, LATER)
    assert len(kept(database)) == 2

    with database.begin() as session:
        session.execute(update(Replacement).values(ended_at=NOON))
    retain(database, LATER)
    assert kept(database) == [("C02AAAA", 1)]


def drift(session: Session, serial: str, card: Card, settled_at: datetime | None) -> None:
    """Have a manifest drift, and a card tell of it."""
    found = Drift(registration_id=registered(session, serial), card_id=card.id, there={})
    found.found_at, found.settled_at = NOON, settled_at
    session.add(found)


@pytest.mark.postgresql(instead=True)
def test_drifts_go_as_events_do_unless_their_card_still_asks(database: Database) -> None:
    with database.begin() as session:
        cards = [Card(kind="drift", channel="C0", created_at=NOON) for _ in range(2)]
        session.add_all(cards)
        session.flush()
        drift(session, "C02SETTLED", cards[0], NOON)
        drift(session, "C02BESIDE", cards[1], NOON)
        drift(session, "C02OPEN", cards[1], None)

    retain(database, NOON + timedelta(days=731))

    with database.reading() as session:
        left = select(Registration.serial).join(Drift).order_by(Drift.id)
        assert list(session.scalars(left)) == ["C02BESIDE", "C02OPEN"]


@pytest.mark.postgresql(soak=True)
def test_what_is_wanted_again_after_it_was_found_stays(database: Database) -> None:
    """Between the look and the deletion of its page another process may need a row."""
    with database.begin() as session:
        card = Card(kind="drift", channel="C0", created_at=NOON)
        session.add(card)
        session.flush()
        drift(session, "C02SETTLED", card, NOON)
        drift(session, "C02REOPENED", card, NOON)
    sweep = SWEEPS["drifts"]
    with database.reading() as session:
        found = sweep.expired(session, Retention(), NOON + timedelta(days=731))
        assert found is not None
        page = sweep.page(session, 0, found)
    assert page is not None
    with database.begin() as session:
        last = session.scalars(select(Drift).order_by(Drift.id.desc())).first()
        assert last is not None
        last.settled_at, last.card_id = None, None

    with database.begin() as session:
        assert (len(page.ids), sweep.delete(session, page, found)) == (2, 1)
