"""Events of Macs that are deleted, and what is still right afterwards."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.maintenance.retention.periods import Retention
from provisioning.monitoring.metrics import macs
from provisioning.munki import MunkiRepo
from provisioning.registrations import history
from provisioning.registrations.listings import export
from provisioning.registrations.models import ADOPTED, Event, Operation, Registration
from provisioning.values.serials import Serial
from tests.provisioning.monitoring.story import LONDON, PARIS, Story
from tests.support import acting
from tests.support.acting import did
from tests.support.databases.retention import retain
from tests.support.fixtures.doors import NOON

pytestmark = pytest.mark.postgresql(instead=True)

YEAR = 24 * 365  # hours
MAC, OTHER = "C02AAAA", "C02BBBB"
LATER = NOON + timedelta(days=4 * 365)
MONTH = Retention(events=timedelta(days=30))


@pytest.fixture
def story(database: Database, repo: MunkiRepo) -> Story:
    """A Mac that was moved to and fro, long ago; all its operations are out of every list."""
    story = Story(database, repo)
    story.registered(MAC, OTHER)
    for hours in (0, 30, 60):
        story.confirmed(MAC, OTHER, after=hours + 2)
        story.moved(MAC, to=PARIS, after=hours + 10)
        story.confirmed(MAC, after=hours + 12)
        story.moved(MAC, to=LONDON, after=hours + 20)
    story.confirmed(MAC, after=90)
    act_often(database)
    return story


def act_often(database: Database) -> None:
    """Have people do so much that what was done before is in no list."""
    with database.begin() as session:
        act = {"what": "cancelled", "by": "U0BOB", "via": "command", "at": NOON}
        session.execute(insert(Operation), [act] * 100)


def events(database: Database, serial: str = MAC) -> list[str]:
    """The kinds of the events of a Mac, the oldest first."""
    query = select(Event.what).join(Registration).where(Registration.serial == serial)
    with database.reading() as session:
        return list(session.scalars(query.order_by(Event.id)))


@pytest.mark.postgresql(soak=True)
def test_of_what_happened_long_ago_the_first_confirmation_and_the_last_state_stay(
    database: Database, story: Story
) -> None:
    assert len(events(database)) == 14

    retain(database, LATER)

    assert events(database) == ["registered", "confirmed", "moved", "confirmed"]
    with database.reading() as session:
        mac = history.of_mac(session, Serial.parse(MAC))
    (last, _), (move, _), *_ = mac.events
    assert (last.what, last.after and last.after["site"]) == ("confirmed", "london")
    assert move.after == {**(move.after or {}), "site": "london", "build": "design"}
    assert mac.total == 4


def test_of_confirmations_of_one_moment_the_first_and_the_last_stay(
    database: Database, story: Story
) -> None:
    """As of a Mac on a machine whose clock stands still."""
    with database.begin() as session:
        of_mac = select(Event).join(Registration).where(Registration.serial == MAC)
        for event in session.scalars(of_mac):
            event.what, event.at = "confirmed", NOON + timedelta(hours=1)

    retain(database, LATER)

    assert events(database) == ["confirmed"] * 2


def test_statistics_the_export_and_the_numbers_of_macs_are_the_same(
    database: Database, story: Story
) -> None:
    spans: Sequence[tuple[float, float]] = [(-12, 100), (-12, 6), (6, 36), (36, 100)]

    def told() -> tuple[object, ...]:
        with database.reading() as session:
            counted = macs.count(session)
        figures = [story.figures(since=since, until=until) for since, until in spans]
        return figures, counted, list(export.csv_of(database))

    before = told()

    retain(database, LATER)

    assert len(events(database)) == 4
    assert told() == before


@pytest.mark.postgresql(soak=True)
def test_a_mac_that_is_asked_for_anew_counts_on_the_day_of_its_first_boot_since(
    database: Database, story: Story
) -> None:
    """Its card is a later one: what was confirmed before it is of no account any more."""
    with database.begin() as session:
        session.execute(update(Registration).values(registered_by=None))
    story.registered(MAC, after=YEAR)
    story.confirmed(MAC, after=YEAR + 3)
    story.moved(MAC, to=PARIS, after=YEAR + 4)
    story.confirmed(MAC, after=YEAR + 60)
    act_often(database)
    before = story.figures(since=YEAR - 12, until=YEAR + 100)
    assert sum(count.confirmed for count in before.counts) == 1

    retain(database, LATER)

    assert story.figures(since=YEAR - 12, until=YEAR + 100) == before
    assert events(database).count("confirmed") == 2


@pytest.mark.postgresql(soak=True)
def test_younger_ones_stay_and_all_do_where_they_are_kept_for_ever(
    database: Database, story: Story
) -> None:
    retain(database, NOON + timedelta(days=730))
    retain(database, LATER, Retention(events=None))
    assert len(events(database)) == 14

    retain(database, NOON + timedelta(days=30, hours=31), MONTH)

    assert len(events(database)) == 14 - 3  # the moves to Paris and back, a confirmation there


def test_what_lists_may_show_keeps_the_number_of_its_macs(
    database: Database, repo: MunkiRepo
) -> None:
    story = Story(database, repo)
    story.registered(MAC, OTHER)
    for hours in (1, 2, 3):
        story.moved(MAC, to=PARIS, after=hours)
        story.moved(MAC, to=LONDON, after=hours + 0.5)
    before = listed(database)

    retain(database, LATER)

    assert listed(database) == before
    assert [macs for _, macs in before] == [1] * 6 + [2]


def listed(database: Database) -> list[tuple[str, int]]:
    with database.reading() as session:
        newest = history.newest_operations(session, limit=30)
        return [(operation.what, macs) for operation, macs in newest]


@pytest.mark.postgresql
def test_what_can_be_undone_however_old_it_is_stays(database: Database) -> None:
    with database.begin() as session:
        adopted = did(session, ADOPTED, by="", at=NOON)
        mac = Registration(serial="C02ADPT", site="london", build="design", state="confirmed")
        mac.channel, mac.revision, mac.created_at, mac.changed_at = "C0", 1, NOON, NOON
        session.add(mac)
        session.flush()
        for number in range(3):
            history.record(
                session, mac.id, ADOPTED, at=NOON, after={"n": number}, operation=adopted
            )
    act_often(database)

    retain(database, LATER)
    assert events(database, "C02ADPT") == [ADOPTED] * 3

    with database.begin() as session:
        session.execute(update(Operation).where(Operation.what == ADOPTED).values(undone_at=NOON))
    retain(database, LATER)
    assert events(database, "C02ADPT") == [ADOPTED]


def test_a_mac_that_changed_just_now_keeps_all_that_an_undo_may_need(
    database: Database, story: Story
) -> None:
    """An undo brings it back to its former card, and statistics look at what came after that."""
    long_after = (LATER - NOON) / timedelta(hours=1)
    story.moved(MAC, to=PARIS, after=long_after)

    retain(database, LATER)
    assert len(events(database)) == 15

    with database.begin() as session:
        [moved] = _newest(session, "moved")
        acting.undo(session, moved.id, by="U0BOB", at=LATER + timedelta(minutes=5))
    before = story.figures(since=-12, until=100)
    act_often(database)
    retain(database, LATER + timedelta(days=1))

    assert len(events(database)) < 8
    assert story.figures(since=-12, until=100) == before


def _newest(session: Session, what: str) -> list[Operation]:
    query = select(Operation).where(Operation.what == what).order_by(Operation.id.desc())
    return list(session.scalars(query.limit(1)))
