"""The changes in a folder since an earlier look, wherever the repo lies."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provisioning.munki.locations import store as opened
from provisioning.munki.storage import NOBODY, Store
from provisioning.munki.storage.changes import SECOND, SETTLING_TIME, TICK, by_times
from tests.fakes.git.remote import Remote
from tests.provisioning.munki.storage.conftest import Ground, watchful
from tests.support.waiting import eventually

MACS = ("C02A", "C02B", "C02C")
NOW = 1_900_000_000 * SECOND


@pytest.fixture
def macs(ground: Ground) -> None:
    """Manifests of three Macs."""
    for name in MACS:
        ground.edit(f"manifests/{name}", b"one")


def changed(store: Store, since: str | None) -> set[str]:
    """The names that may have changed, those that are gone among them."""
    found = store.changed("manifests", since)
    assert found.names is not None
    gone = set(MACS) - set(found.present) if found.present is not None else set()
    return set(found.names) | gone


def test_the_first_look_tells_nothing_and_the_next_ones_what_changed_since(
    macs: None, ground: Ground, store: Store
) -> None:
    first = store.changed("manifests", None)
    assert first.names is None

    ground.edit("manifests/C02A", b"two")
    ground.edit("manifests/C02B", None)
    ground.edit("manifests/C02D", b"new")

    assert eventually(lambda: changed(store, first.token) >= {"C02A", "C02B", "C02D"})
    present = store.changed("manifests", first.token).present
    assert present is None or "C02D" in present


def test_a_token_of_another_store_is_none(store: Store) -> None:
    assert store.changed("manifests", "from elsewhere").names is None


def test_what_is_written_through_the_store_is_a_change(macs: None, store: Store) -> None:
    first = store.changed("manifests", None)

    store.replace("manifests/C02E", b"new", over=None, note=NOBODY)

    assert "C02E" in changed(store, first.token)


def test_a_link_changes_with_what_it_leads_to(tmp_path: Path) -> None:
    manifests = tmp_path / "manifests"
    manifests.mkdir()
    (manifests / "real").write_bytes(b"one")
    (manifests / "C02A").symlink_to("real")
    (manifests / "C02B").symlink_to("nothing")
    store = opened(str(tmp_path))
    first = store.changed("manifests", None)

    (manifests / "real").write_bytes(b"two")

    names = store.changed("manifests", first.token).names
    assert names is not None
    assert {"real", "C02A"} <= set(names)


def test_times_settle_so_that_a_look_without_changes_finds_none() -> None:
    at = NOW - SETTLING_TIME - 1
    token = by_times([("C02A", at)], None, NOW).token

    assert by_times([("C02A", at)], token, NOW).names == []
    assert by_times([("C02A", at + 1)], token, NOW).names == ["C02A"]


def test_changes_within_the_tick_of_the_newest_file_are_seen() -> None:
    token = by_times([("C02A", NOW)], None, NOW).token

    assert by_times([("C02B", NOW - TICK + 1)], token, NOW).names == ["C02B"]


def test_a_stores_clock_that_was_ahead_hides_nothing() -> None:
    ahead = ("C02A", NOW + 10 * 365 * 86_400 * SECOND)
    token = by_times([ahead], None, NOW).token

    names = by_times([ahead, ("C02B", NOW + SECOND)], token, NOW).names
    assert names is not None
    assert "C02B" in names


def test_git_names_the_author_of_a_change_and_of_a_removal(remote: Remote, copy: Path) -> None:
    store = watchful(remote, copy)
    assert store.author("manifests/site_default") is None  # in the clone's first commit

    remote.edit({"manifests/C02A": b"one"})
    remote.edit({"manifests/C02B": b"one"})
    remote.edit({"manifests/C02A": None})

    assert eventually(lambda: store.author("manifests/C02A") is not None)
    for name in ("manifests/C02A", "manifests/C02B"):
        author = store.author(name)
        assert author is not None
        assert author.by == "Ann Admin"
        assert abs((author.at - datetime.fromtimestamp(time.time(), UTC)).total_seconds()) < 60


def test_a_clone_that_is_made_anew_does_not_know_its_tokens(remote: Remote, copy: Path) -> None:
    store = opened(remote.url, copy / "one")
    token = store.changed("manifests", None).token
    remote.edit({"manifests/C02A": b"one"})

    assert opened(remote.url, copy / "two").changed("manifests", token).names is None


def test_others_know_no_authors(tmp_path: Path) -> None:
    assert opened(str(tmp_path)).author("manifests/C02A") is None
