"""Watches: what is wrong is told once, when it lasts, and so is that it is over."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from infrastructure.database.engine import Database
from provisioning.monitoring.alerts.alert import Alert, AlertNotice
from provisioning.monitoring.alerts.ledgers import CLAIM, DatabaseLedger, FileLedger, Ledger
from provisioning.monitoring.alerts.targets import Untold, Watchdog
from provisioning.monitoring.alerts.watcher import HOLD, LOOK, PING, AlertWatcher, Watch

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Admin:
    """A target that remembers what it was told, unless it is away."""

    name = "admin"

    def __init__(self) -> None:
        self.told: list[AlertNotice] = []
        self.is_away = False

    def tell(self, notice: AlertNotice) -> None:
        """Take a notice."""
        if self.is_away:
            raise Untold("away")
        self.told.append(notice)

    def texts(self) -> list[tuple[str, str]]:
        """State and fact of what was told."""
        return [(notice.state, notice.alert.fact) for notice in self.told]


class World:
    """Facts that come and go, a clock, and watches of them."""

    def __init__(self) -> None:
        self.facts: list[str] = []
        self.seconds = 0.0
        self.admin = Admin()

    @property
    def now(self) -> datetime:
        """The moment by its clock."""
        return START + timedelta(seconds=self.seconds)

    def watch(self, ledger: Ledger) -> Watch:
        """One more watch, as of another process."""
        return Watch([self._found], ledger, lambda: self.seconds)

    def _found(self, now: datetime) -> Iterator[Alert]:
        return (Alert(fact, fact, "Mend it.", now) for fact in self.facts)

    def look(self, *watches: Watch, after: float = HOLD) -> None:
        """Let some time pass, and have all watches look, twice so that they know it lasts."""
        for watch in watches:
            watch.compare([self.admin], self.now)
        self.seconds += after
        for watch in watches:
            watch.compare([self.admin], self.now)


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
        world.look(watch, after=HOLD - 1)
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
    world.look(watch, after=HOLD - 1)
    world.facts = ["It burns."]
    world.look(watch)

    assert world.admin.texts() == [("firing", "It burns.")]


def test_where_nobody_takes_it_it_is_told_later(world: World, ledger: Callable[[], Ledger]) -> None:
    watch = world.watch(ledger())
    world.facts = ["It burns."]
    world.admin.is_away = True
    world.look(watch)
    world.admin.is_away = False
    world.look(watch, after=LOOK)

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
    world.seconds += CLAIM.total_seconds()
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

    world.seconds += CLAIM.total_seconds()
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


def test_one_process_of_a_machine_watches_and_another_takes_over_when_it_ends(
    world: World, tmp_path: Path
) -> None:
    first, second = (
        AlertWatcher(world.watch(FileLedger(tmp_path / "told")), [world.admin], tmp_path / "lock")
        for _ in range(2)
    )
    world.facts = ["It burns."]

    def look(watcher: AlertWatcher) -> None:
        watcher.look()
        world.seconds += HOLD
        watcher.look()

    look(first)
    look(second)
    assert len(world.admin.told) == 1
    world.facts = []
    look(second)
    assert len(world.admin.told) == 1
    first.start()
    first.end()
    first.join()
    look(second)

    assert world.admin.texts() == [("firing", "It burns."), ("over", "It burns.")]


def test_a_watcher_that_is_started_looks_until_it_is_ended(world: World, tmp_path: Path) -> None:
    looks = Event()

    def look(_: datetime) -> Iterator[Alert]:
        looks.set()
        return iter(())

    watch = Watch([look], FileLedger(tmp_path / "told"))
    watcher = AlertWatcher(watch, [world.admin], tmp_path / "lock")
    watcher.start()

    assert looks.wait(30)
    watcher.end()
    watcher.join()


def test_the_watchdog_hears_of_us_every_minute_whatever_is_wrong(
    world: World, tmp_path: Path
) -> None:
    pings: list[float] = []

    class Dog(Watchdog):
        def ping(self) -> None:
            pings.append(world.seconds)
            raise Untold("away")

    def broken(_: datetime) -> Iterator[Alert]:
        raise ValueError("a mistake of ours")

    watch = Watch([broken], FileLedger(tmp_path / "told"))
    dog = Dog("http://127.0.0.1:9/")
    watcher = AlertWatcher(
        watch, [world.admin], tmp_path / "lock", dog, timer=lambda: world.seconds
    )
    for _ in range(9):
        watcher.look()
        world.seconds += PING / 4

    assert pings == [0.0, PING, 2 * PING]


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
