"""Watchers: one process of a machine watches at a time, and lets a watchdog hear of it."""

import errno
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest

from provisioning.monitoring.alerts.alert import Alert
from provisioning.monitoring.alerts.ledgers import FileLedger
from provisioning.monitoring.alerts.targets import NoticeRefused, Watchdog
from provisioning.monitoring.alerts.watcher import (
    HOLD_TIME,
    MAX_SILENCE,
    PING_INTERVAL,
    AlertWatcher,
    Watch,
)
from tests.provisioning.monitoring.alerts.watching import World


@pytest.fixture
def world() -> World:
    return World()


def open_files() -> int:
    """The number of files that this process has open."""
    return len([*Path("/dev/fd").iterdir()])


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
        world.seconds += HOLD_TIME
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


@pytest.mark.parametrize("clock", [1, -1])
def test_another_process_takes_over_from_one_that_hangs_until_it_wakes(
    world: World, tmp_path: Path, clock: int
) -> None:
    """Also where the clock was set back meanwhile."""
    hung, other = (
        AlertWatcher(world.watch(FileLedger(tmp_path / "told")), [world.admin], tmp_path / "lock")
        for _ in range(2)
    )
    hung.look()
    other.look()
    os.utime(tmp_path / "lock", (0, time.time() - clock * (MAX_SILENCE + 1)))
    world.facts = ["It burns."]

    other.look()
    world.seconds += HOLD_TIME
    other.look()
    assert world.admin.texts() == [("firing", "It burns.")]
    opened = open_files()
    for _ in range(2):  # it wakes, and leaves the alert to the other
        hung.look()
        assert open_files() == opened - 1
        world.seconds += HOLD_TIME
    world.facts = []
    for _ in range(2):
        hung.look()
        other.look()
        world.seconds += HOLD_TIME

    assert world.admin.texts() == [("firing", "It burns."), ("over", "It burns.")]


def test_no_process_takes_over_from_one_that_has_just_looked(world: World, tmp_path: Path) -> None:
    first, second = (
        AlertWatcher(world.watch(FileLedger(tmp_path / "told")), [world.admin], tmp_path / "lock")
        for _ in range(2)
    )
    first.look()
    os.utime(tmp_path / "lock", (0, time.time() - MAX_SILENCE - 1))
    first.look()
    world.facts = ["It burns."]
    for _ in range(2):
        second.look()
        world.seconds += HOLD_TIME

    assert world.admin.told == []


def test_on_a_mount_without_locks_each_process_tells_and_opens_nothing_that_stays_open(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", refuse)
    ledger = FileLedger(tmp_path / "told")
    watcher = AlertWatcher(world.watch(ledger), [world.admin], tmp_path / "lock")
    world.facts = ["It burns."]
    watcher.look()
    opened = open_files()
    for _ in range(3):
        world.seconds += HOLD_TIME
        watcher.look()

    assert open_files() == opened
    assert world.admin.texts() == [("firing", "It burns.")]


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
            raise NoticeRefused("away")

    def broken(_: datetime) -> Iterator[Alert]:
        raise ValueError("a mistake of ours")

    watch = Watch([broken], FileLedger(tmp_path / "told"))
    dog = Dog("http://127.0.0.1:9/")
    watcher = AlertWatcher(
        watch, [world.admin], tmp_path / "lock", dog, timer=lambda: world.seconds
    )
    for _ in range(9):
        watcher.look()
        world.seconds += PING_INTERVAL / 4

    assert pings == [0.0, PING_INTERVAL, 2 * PING_INTERVAL]
