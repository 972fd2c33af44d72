"""Watches: what is wrong is told once, when it lasts, and so is that it is over."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.monitoring.alerts.alert import Alert
from provisioning.monitoring.alerts.ledgers import (
    LEASE,
    DatabaseLedger,
    FileLedger,
    Ledger,
)
from provisioning.monitoring.alerts.watcher import HOLD_TIME, INTERVAL
from tests.provisioning.monitoring.alerts.watching import START, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(params=["database", "file"])
def ledger(
    request: pytest.FixtureRequest, tmp_path: Path, database: Database
) -> Callable[[], Ledger]:
    """Makes the ledger of one more process, of either kind."""
    if request.param == "file":
        return lambda: FileLedger(tmp_path / "alerts.told")
    return lambda: DatabaseLedger(database)


def test_what_lasts_is_told_once_and_once_more_when_it_is_over(
    world: World, ledger: Callable[[], Ledger]
) -> None:
    watch = world.watch(ledger())
    world.facts = ["It burns."]
    for _ in range(5):
        world.look(watch)
    world.facts = []
    for _ in range(5):
        world.look(watch)

    assert world.admin.texts() == [("firing", "It burns."), ("over", "It burns.")]
    begun, over = world.admin.told
    assert begun.text == "It burns. Mend it."
    assert begun.alert.since == over.alert.since == START
    assert over.text == "Over, after it began at 2026-03-02 12:00 UTC: It burns."


def test_what_passes_at_once_is_not_told(world: World, ledger: Callable[[], Ledger]) -> None:
    watch = world.watch(ledger())
    for _ in range(5):
        world.facts = ["It burns."]
        world.look(watch, after=HOLD_TIME - 1)
        world.facts = []
        world.look(watch, after=1)

    assert world.admin.told == []


def test_what_is_back_before_it_was_told_that_it_is_over_is_the_same(
    world: World, ledger: Callable[[], Ledger]
) -> None:
    watch = world.watch(ledger())
    world.facts = ["It burns."]
    world.look(watch)
    world.facts = []
    world.look(watch, after=HOLD_TIME - 1)
    world.facts = ["It burns."]
    world.look(watch)

    assert world.admin.texts() == [("firing", "It burns.")]


def test_where_nobody_takes_it_it_is_told_later(world: World, ledger: Callable[[], Ledger]) -> None:
    watch = world.watch(ledger())
    world.facts = ["It burns."]
    world.admin.is_away = True
    world.look(watch)
    world.admin.is_away = False
    world.look(watch, after=INTERVAL)

    assert world.admin.texts() == [("firing", "It burns.")]


def test_what_is_over_before_anybody_takes_it_is_told_once_as_over(
    world: World, ledger: Callable[[], Ledger]
) -> None:
    """Otherwise they would hear of nothing who were away as long as the trouble lasted."""
    watch = world.watch(ledger())
    world.facts = ["It burns."]
    world.admin.is_away = True
    world.look(watch)
    world.facts = []
    world.look(watch)
    world.seconds += LEASE.total_seconds()
    world.admin.is_away = False
    for _ in range(3):
        world.look(watch)

    assert world.admin.texts() == [("over", "It burns.")]
    assert world.admin.told[0].alert.since == START


def test_the_next_process_knows_what_was_told(world: World, ledger: Callable[[], Ledger]) -> None:
    world.facts = ["It burns.", "It leaks."]
    world.look(world.watch(ledger()))
    world.facts = ["It leaks."]
    next_one = world.watch(ledger())
    for _ in range(5):
        world.look(next_one)

    assert world.admin.texts() == [
        ("firing", "It burns."),
        ("firing", "It leaks."),
        ("over", "It burns."),
    ]


@pytest.mark.postgresql(instead=True)
def test_several_machines_tell_once_together(world: World, database: Database) -> None:
    watches = [world.watch(DatabaseLedger(database)) for _ in range(3)]
    world.facts = ["It burns."]
    for _ in range(3):
        world.look(*watches)
    world.facts = []
    for _ in range(3):
        world.look(*watches)

    assert world.admin.texts() == [("firing", "It burns."), ("over", "It burns.")]


def test_several_machines_tell_once_that_it_is_over_where_nobody_took_it(
    world: World, database: Database
) -> None:
    watches = [world.watch(DatabaseLedger(database)) for _ in range(3)]
    world.facts = ["It burns."]
    world.admin.is_away = True
    for _ in range(3):
        world.look(*watches)
    world.facts = []
    world.admin.is_away = False
    for _ in range(3):
        world.look(*watches)

    assert world.admin.texts() == [("over", "It burns.")]


def test_what_a_machine_claimed_that_died_is_told_by_another(
    world: World, database: Database
) -> None:
    alert = Alert("It burns.", "It burns.", "", world.now)
    assert DatabaseLedger(database).claim(alert, world.now)
    watch = world.watch(DatabaseLedger(database))
    world.facts = ["It burns."]
    world.look(watch)
    assert world.admin.told == []

    world.seconds += LEASE.total_seconds()
    world.look(watch)

    assert world.admin.texts() == [("firing", "It burns.")]


def test_a_ledger_that_cannot_be_read_or_written_is_kept_in_memory(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "alerts.told"
    path.write_text('[{"key": 1}]')
    (tmp_path / "alerts.new").mkdir()
    watch = world.watch(FileLedger(path))
    world.facts = ["The disk is full."]
    for _ in range(3):
        world.look(watch)

    assert world.admin.texts() == [("firing", "The disk is full.")]


def test_a_folder_that_another_could_write_into_is_neither_read_nor_written(
    world: World, tmp_path: Path
) -> None:
    folder, victim = tmp_path / "open", tmp_path / "victim"
    folder.mkdir()
    folder.chmod(0o777)
    victim.write_text("mine")
    (folder / "alerts.new").symlink_to(victim)
    watch = world.watch(FileLedger(folder / "alerts.told"))
    world.facts = ["It burns."]
    for _ in range(3):
        world.look(watch)

    assert victim.read_text() == "mine"
    assert world.admin.texts() == [("firing", "It burns.")]
