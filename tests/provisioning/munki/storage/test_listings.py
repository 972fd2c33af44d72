"""Names in a folder: read again where it changed, and only there."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from provisioning.munki.storage import listings
from provisioning.munki.storage.listings import Listings
from tests.support.clocks import Seconds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files that were not touched for an hour."""
    for name in ("paris", "london"):
        (tmp_path / name).touch()
    age(tmp_path)
    return tmp_path


def age(folder: Path) -> None:
    """Have the last change of a folder be an hour ago."""
    hour_ago = folder.stat().st_mtime - 3600
    os.utime(folder, (hour_ago, hour_ago))


def test_what_did_not_change_is_the_same_object(folder: Path) -> None:
    """So that a caller who made something of it need not make it again."""
    known = Listings()

    assert known.of(str(folder)) == ("london", "paris")
    assert known.of(str(folder)) is known.of(str(folder))


def test_a_folder_that_did_not_change_is_not_read_again(folder: Path) -> None:
    """A change that leaves its folder's time as it was is not seen: no call reads it again."""
    known = Listings()
    before, settled = known.of(str(folder)), folder.stat().st_mtime_ns
    (folder / "unseen").touch()
    os.utime(folder, ns=(settled, settled))

    assert known.of(str(folder)) is before


def test_two_changes_within_one_tick_of_its_clock_are_both_seen(folder: Path) -> None:
    known = Listings()
    (folder / "berlin").touch()
    assert "berlin" in known.of(str(folder))
    tick = folder.stat().st_mtime_ns

    (folder / "rome").touch()
    os.utime(folder, ns=(tick, tick))

    assert "rome" in known.of(str(folder))
    assert listings.SETTLING_TIME > 2, "the coarsest clocks of mounts tick every two seconds"


def test_folders_and_dot_files_are_left_out(folder: Path) -> None:
    (folder / ".DS_Store").touch()
    (folder / "europe").mkdir()

    assert Listings().of(str(folder)) == ("london", "paris")


def test_linked_folders_are_looked_through_and_not_into_themselves(folder: Path) -> None:
    (folder / "europe" / "uk").mkdir(parents=True)
    (folder / "europe" / "uk" / "leeds").touch()
    (folder / "europe" / "around").symlink_to("..")
    (folder / "britain").symlink_to("europe/uk")

    assert Listings().below(str(folder)) == (
        *("britain/", "britain/leeds", "europe/", "europe/uk/", "europe/uk/leeds"),
        *("london", "paris"),
    )


@pytest.mark.parametrize("look", [Listings.of, Listings.below])
def test_a_link_to_itself_hides_none_of_the_others(
    folder: Path, look: Callable[[Listings, str], Sequence[str]]
) -> None:
    (folder / "rome").symlink_to("rome")
    (folder / "oslo").symlink_to("x" * 300)

    assert look(Listings(), str(folder)) == ("london", "paris")


@pytest.mark.parametrize("look", [Listings.of, Listings.below])
def test_a_large_folder_is_not_read_again_with_each_change(
    folder: Path, look: Callable[[Listings, str], Sequence[str]]
) -> None:
    """Where Macs' manifests lie beside the sites, each first boot changes it."""
    for number in range(listings.MANY):
        (folder / f"C02{number:07}").touch()
    clock = Seconds(0.0)
    known = Listings(clock)
    before = look(known, str(folder))

    (folder / "rome").touch()
    assert look(known, str(folder)) is before
    clock.now += listings.MAX_AGE

    assert "rome" in look(known, str(folder))
    assert listings.MAX_AGE <= 2, "changes have to be seen within five seconds, after a fetch too"


def test_the_larger_a_folder_the_less_often_it_is_read() -> None:
    ages = [listings.good_for(names) for names in (50, 51, 10_000, 20_000, 100_000, 1_000_000)]

    assert ages == [0.0, 0.5, 0.5, 1.0, 2.0, 2.0]
