"""Statistics about registrations and first boots, on both databases."""

import plistlib
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from infrastructure.database.engine import Database
from provisioning.firstboot.placement import Requested
from provisioning.monitoring import statistics
from provisioning.monitoring.figures import Count, WaitingTimes
from provisioning.munki import MunkiRepo
from provisioning.outbox.models import Card
from provisioning.registrations.models import CONFIRMED, Registration
from tests.provisioning.monitoring.story import PARIS, Story
from tests.support import acting
from tests.support.fixtures.doors import NOON
from tests.support.inputs.manifests import BUILDS, SITES
from tests.support.soaking import soak_only
from tests.support.tables import for_each

pytestmark = pytest.mark.postgresql(instead=True)

MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)
HOUR = 3600.0


@pytest.fixture
def story(database: Database, repo: MunkiRepo) -> Story:
    return Story(database, repo)


def test_macs_are_counted_by_day_and_site(story: Story) -> None:
    story.registered("C02AAA", "C02BBB", "C02CCC")
    story.registered("C02DDD", to=PARIS)
    story.confirmed("C02AAA", after=1)
    story.confirmed("C02BBB", "C02DDD", after=24)

    figures = story.figures()

    assert figures.days == (MONDAY, TUESDAY, date(2026, 3, 4))
    assert figures.counts == (
        Count(MONDAY, "london", registered=3, confirmed=1, unconfirmed=1),
        Count(MONDAY, "paris", registered=1, confirmed=0, unconfirmed=0),
        Count(TUESDAY, "london", registered=0, confirmed=1, unconfirmed=0),
        Count(TUESDAY, "paris", registered=0, confirmed=1, unconfirmed=0),
    )


def test_an_adopted_mac_counts_from_its_first_boot_on(story: Story, manifests: Path) -> None:
    includes = ["site_default", f"{SITES}london", f"{BUILDS}design"]
    for serial in ("C02A01SYNTH1", "C02A02SYNTH2"):
        content = plistlib.dumps({"catalogs": ["production"], "included_manifests": includes})
        (manifests / serial).write_bytes(content)

    assert acting.adopt(story.database, story.repo, at=NOON) == 2

    assert story.figures().counts == ()
    story.confirmed("C02A01SYNTH1", after=24)
    figures = story.figures()
    assert figures.counts == (Count(TUESDAY, "london", 0, 1, 0),)
    assert (figures.waits, figures.overall) == ((), None)


def test_waits_are_told_by_the_day_of_the_confirmation(story: Story) -> None:
    story.registered(*(f"C02AA{number}" for number in range(11)))
    for number in range(10):
        story.confirmed(f"C02AA{number}", after=number + 1)
    story.confirmed("C02AA10", after=30)

    figures = story.figures()

    assert figures.waits[0].median == pytest.approx(5.5 * HOUR)
    assert figures.waits[0].ninetieth == pytest.approx(9.1 * HOUR)
    assert [(wait.day, wait.count) for wait in figures.waits] == [(MONDAY, 10), (TUESDAY, 1)]
    assert figures.waits[1] == WaitingTimes(TUESDAY, 1, 30 * HOUR, 30 * HOUR)
    assert figures.overall == WaitingTimes(None, 11, 6 * HOUR, 10 * HOUR)


def test_one_site_alone_can_be_asked_for(story: Story) -> None:
    story.registered("C02AAA")
    story.registered("C02BBB", to=PARIS)
    story.confirmed("C02AAA", "C02BBB", after=2)

    figures = story.figures(site="paris")

    assert figures.counts == (Count(MONDAY, "paris", 1, 1, 0),)
    assert figures.overall == WaitingTimes(None, 1, 2 * HOUR, 2 * HOUR)


def test_nothing_is_no_figures(story: Story) -> None:
    assert story.figures().counts == ()
    assert story.figures().overall is None


def test_a_cancelled_mac_was_registered_and_waits_no_more(story: Story) -> None:
    story.registered("C02AAA", "C02BBB")
    story.confirmed("C02BBB", after=1)
    story.cancelled("C02AAA", after=2)
    story.cancelled("C02BBB", after=2)

    assert story.figures().counts == (Count(MONDAY, "london", 2, 1, 0),)


def test_a_later_first_boot_changes_nothing_about_the_days_before(story: Story) -> None:
    story.registered("C02AAA")
    story.confirmed("C02AAA", after=1)
    before = story.figures()
    story.confirmed("C02AAA", after=48)

    assert story.figures() == before
    assert story.figures(since=36).counts == ()
    assert story.figures(since=36).overall is None


def test_a_moved_mac_counts_once_where_it_goes_now_and_waits_again(story: Story) -> None:
    story.registered("C02AAA")
    story.confirmed("C02AAA", after=1)
    story.moved("C02AAA", to=PARIS, after=24)
    waiting = story.figures()
    story.confirmed("C02AAA", after=25)

    assert waiting.counts == (Count(MONDAY, "paris", 1, 1, 1),)
    assert story.figures().counts == (Count(MONDAY, "paris", 1, 1, 0),)
    assert story.figures().overall == WaitingTimes(None, 1, HOUR, HOUR)


def test_a_mac_that_nobody_registered_is_confirmed_and_did_not_wait(story: Story) -> None:
    story.confirmed("C02AAA", after=0, said=Requested("london", "design"))

    assert story.figures().counts == (Count(MONDAY, "london", 0, 1, 0),)
    assert story.figures().overall is None


def test_a_mac_that_is_registered_after_its_script_brought_it_in_waits_from_then(
    story: Story,
) -> None:
    story.confirmed("C02AAA", after=0, said=Requested("london", "design"))
    story.registered("C02AAA", to=PARIS, after=24)
    story.confirmed("C02AAA", after=27)

    figures = story.figures()

    assert figures.counts == (Count(TUESDAY, "paris", 1, 1, 0),)
    assert figures.waits == (WaitingTimes(TUESDAY, 1, 3 * HOUR, 3 * HOUR),)


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("UTC", {MONDAY: 2, TUESDAY: 1}),
        ("Asia/Tokyo", {MONDAY: 1, TUESDAY: 2}),
        ("America/New_York", {MONDAY: 3}),
    ],
)
def test_a_day_is_a_day_in_the_zone(story: Story, zone: str, days: dict[date, int]) -> None:
    for serial, after in (("C02AAA", 2.9), ("C02BBB", 3.1), ("C02CCC", 12.1)):
        story.registered(serial, after=after)

    counts = story.figures(zone=zone).counts

    assert {count.day: count.registered for count in counts} == days


@pytest.mark.postgresql(soak=True)
def test_the_days_around_the_change_of_clocks_begin_at_midnight(story: Story) -> None:
    """In Berlin 29 March has 23 hours; it is 22 to 21 o'clock in UTC."""
    zone, noon = "Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC)
    offset = (noon - NOON) / timedelta(hours=1)
    for serial, after in (("C02AAA", 10.9), ("C02BBB", 11.1), ("C02CCC", 33.9), ("C02DDD", 34.1)):
        story.registered(serial, after=offset + after)

    counts = story.figures(since=offset, until=offset + 48, zone=zone).counts

    assert [(count.day.day, count.registered) for count in counts] == [(28, 1), (29, 2), (30, 1)]


@pytest.mark.postgresql(soak=True)
def test_the_span_begins_with_its_first_moment_and_ends_before_its_last(story: Story) -> None:
    story.registered("C02AAA", after=0)
    story.registered("C02BBB", after=24)

    figures = story.figures(since=0, until=24)

    assert figures.counts == (Count(MONDAY, "london", 1, 0, 1),)
    assert story.figures(since=0, until=12).days == (MONDAY,)


@for_each(
    ("zone", "begins"),
    [
        ("UTC", datetime(2026, 3, 1, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2026, 2, 28, 15, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 3, 1, 11, tzinfo=UTC)),
    ],
)
def test_the_last_days_begin_at_a_midnight(zone: str, begins: datetime) -> None:
    assert statistics.last_days(2, until=NOON, zone=ZoneInfo(zone)) == begins


def test_a_longer_time_is_counted_the_same_way(story: Story) -> None:
    story.registered("C02AAA")
    story.confirmed("C02AAA", after=1)

    figures = story.figures(since=-24 * 183, until=24 * 183)

    assert len(figures.days) == 367
    assert figures.counts == (Count(MONDAY, "london", 1, 1, 0),)


@soak_only("follows all memory of some thousand rows")
def test_waits_take_no_more_memory_than_their_numbers(database: Database) -> None:
    """As rows they would take several hundred bytes each: a year of a million Macs, 200 MB."""
    mac: dict[str, object] = {"site": "london", "build": "design", "channel": "C0"}
    mac |= dict.fromkeys(("created_at", "changed_at", "confirmed_at"), NOON)
    mac |= {"state": CONFIRMED, "revision": 1, "card_id": 1}
    with database.begin() as session:
        session.add(Card(id=1, key="1", channel="C0", created_at=NOON))
        session.flush()
        session.execute(
            insert(Registration), [{**mac, "serial": f"C02{n:09}"} for n in range(10_000)]
        )

    def waits(since: datetime) -> WaitingTimes | None:
        until = since + timedelta(days=1)
        with database.reading() as session:
            return statistics.waits(
                session, since=since, until=until, site=None, zone=ZoneInfo("UTC")
            )[1]

    assert waits(NOON + timedelta(hours=1)) is None  # what is loaded and compiled once
    tracemalloc.start()
    overall = waits(NOON - timedelta(hours=1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert overall == WaitingTimes(None, 10_000, 0.0, 0.0)
    assert peak < 100 * 10_000
