"""Pages of the Macs on their way, however many they are, as the databases give them."""

import json
import time
from typing import Any

import pytest
from sqlalchemy import update

from bot.home import blocks
from bot.slack.home_state import HomeState
from infrastructure.database.engine import Database
from provisioning.monitoring import dashboard
from provisioning.monitoring.dashboard import Dashboard, MacFilter
from provisioning.munki import Destination
from provisioning.registrations.models import FAILED, IMAGING, Registration
from tests.fakes.slack.blocks.surfaces import problems_of_view
from tests.support.acting import register
from tests.support.fixtures.doors import NOON
from tests.support.soaking import soak_only

LONDON, PARIS = Destination("london", "design"), Destination("paris", "design")
ALICE, BOB = "U0ALICE", "U0BOB"
MANY = 100_000


def macs(first: int, end: int) -> list[str]:
    """Serials whose numbers count from the first up to the end."""
    return [f"MAC{number:07}" for number in range(first, end)]


def become(database: Database, number: int, **columns: Any) -> None:
    with database.begin() as session:
        is_it = Registration.serial == f"MAC{number:07}"
        session.execute(update(Registration).where(is_it).values(**columns))


def seen(database: Database, page: int = 0, size: int = 5, **wanted: str) -> Dashboard:
    with database.reading() as session:
        return dashboard.overview(session, ALICE, MacFilter(**wanted), page=page, size=size)


def shape(shown: Dashboard) -> list[tuple[str, bool, list[int]]]:
    """The parts, with the numbers of their Macs."""
    return [
        (part.state, part.mine, [int(mac.serial[3:]) for mac, _ in part.macs])
        for part in shown.parts
    ]


@pytest.fixture
def some(database: Database) -> Database:
    """Four Macs of Alice's and eight of Bob's, in all states."""
    register(database, *macs(0, 4), by=ALICE, to=LONDON, note="Shelf 4")
    register(database, *macs(4, 12), by=BOB, to=PARIS, note="Shelf 4")
    become(database, 1, state=FAILED)
    become(database, 5, state=FAILED)
    become(database, 6, state=IMAGING, heard_at=NOON)
    become(database, 7, state=IMAGING, heard_at=NOON, mentioned_at=NOON)
    return database


@pytest.mark.postgresql(instead=True)
def test_pages_follow_each_other_without_a_gap_or_a_repetition(some: Database) -> None:
    pages = [seen(some, page) for page in range(3)]

    assert [shape(page) for page in pages] == [
        [("failed", True, [1]), ("waiting", True, [3, 2, 0]), ("failed", False, [5])],
        [("stalled", False, [7]), ("imaging", False, [6]), ("waiting", False, [11, 10, 9])],
        [("waiting", False, [8, 4])],
    ]
    assert [(page.page, page.pages, page.total) for page in pages] == [
        (0, 3, 12),
        (1, 3, 12),
        (2, 3, 12),
    ]


@pytest.mark.postgresql
def test_counts_are_of_the_site_and_build_and_tell_ones_own(some: Database) -> None:
    everything = {"failed": 2, "stalled": 1, "imaging": 1, "waiting": 8}

    assert (seen(some).counts, seen(some).mine) == (everything, 4)
    assert (seen(some, state="stalled").counts, seen(some).mine) == (everything, 4)
    assert seen(some, site="london").counts == {**dict.fromkeys(everything, 0), "failed": 1} | {
        "waiting": 3
    }
    assert seen(some, build="kiosk").total == 0


def test_a_part_says_how_many_it_has_on_all_pages_and_each_mac_its_note(some: Database) -> None:
    [part] = seen(some, size=2, state="waiting", site="paris").parts

    assert (part.number, len(part.macs)) == (5, 2)
    assert {note for _, note in part.macs} == {"Shelf 4"}


@pytest.mark.parametrize("page", [-1, 3, 10**30])
def test_a_page_that_is_not_there_is_the_nearest_one(some: Database, page: int) -> None:
    assert seen(some, page).page == (0 if page < 0 else 2)


@pytest.mark.postgresql(soak=True)
def test_a_mac_that_only_its_own_script_brought_in_is_nobodys(some: Database) -> None:
    become(some, 5, registered_by=None)

    assert shape(seen(some, state="failed")) == [("failed", True, [1]), ("failed", False, [5])]


@soak_only("much of what the other tests have one of")
def test_very_many_are_shown_at_once(database: Database) -> None:
    register(database, *macs(0, MANY), by=BOB, to=LONDON, note="Shelf 4")
    pages = MANY // blocks.SIZE

    for page, wanted in (
        (0, MacFilter()),
        (pages - 1, MacFilter()),
        (0, MacFilter("london", "design")),
    ):
        began = time.process_time()
        with database.reading() as session:
            shown = dashboard.overview(session, ALICE, wanted, page=page, size=blocks.SIZE)
        view = blocks.home(blocks.Home(HomeState(wanted, page), shown), "/mac").to_dict()

        assert time.process_time() - began < 1  # a twentieth of that where nothing else runs
        assert problems_of_view(view) == []
        assert f"Page {page + 1:,} of {pages:,}" in json.dumps(view)
