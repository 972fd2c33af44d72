"""The contract of stores: the same in a folder, in git and in a bucket."""

from collections.abc import Sequence

import pytest

from provisioning.munki import MunkiRepo
from provisioning.munki.errors import ManifestUnreadable
from provisioning.munki.storage import ChangeNote, Overtaken, Store, Stored
from provisioning.munki.storage.base import LARGEST
from tests.provisioning.munki.storage.conftest import Ground
from tests.support.soaking import rows_in_soak, soak_only
from tests.support.tables import for_each
from tests.support.waiting import eventually

MAC = "manifests/C02XG0FDJGH5"
SITES = "manifests/included_manifests/sites"
WHY = ChangeNote("C02XG0FDJGH5 goes to london", "Alice")
SEEN = 30  # seconds; what others changed is seen within five where the machine has time


def made(store: Store, name: str, content: bytes) -> Stored:
    """Make a file that is not there, and return it."""
    store.replace(name, content, over=None, note=WHY)
    found = store.read(name)
    assert found is not None
    return found


def content_of(store: Store, name: str) -> bytes | None:
    """The content of a file; None where there is none."""
    found = store.read(name)
    return found.content if found else None


def test_what_was_written_is_read(store: Store) -> None:
    assert store.read(MAC) is None
    assert made(store, MAC, b"one\r\n\0\xff").content == b"one\r\n\0\xff"
    assert store.exists(MAC)


@rows_in_soak("test_history has odd names, and nested sites are below", "git")
def test_a_serial_with_a_slash_is_a_file_in_a_folder_of_its_own(
    ground: Ground, store: Store
) -> None:
    name = "manifests/VM5v/dACsc+k"
    with store.holding(name):
        first = made(store, name, b"one")
        store.replace(name, b"two", over=first, note=WHY)

    assert content_of(ground.another(), name) == b"two"
    assert "VM5v/dACsc+k" in list(ground.another().walk("manifests"))


@rows_in_soak("test_remotes has other servers", "git")
def test_what_was_written_is_read_by_another_server(ground: Ground, store: Store) -> None:
    made(store, MAC, b"one")

    assert content_of(ground.another(), MAC) == b"one"


@rows_in_soak("the test of one that was changed meanwhile replaces one in git", "git")
def test_a_file_is_replaced_over_what_was_read(store: Store) -> None:
    first = made(store, MAC, b"one")
    store.replace(MAC, b"two", over=first, note=WHY)

    second = store.read(MAC)

    assert second is not None
    assert second.content == b"two"
    assert second.version != first.version


def test_one_that_is_there_after_all_is_not_replaced(store: Store) -> None:
    made(store, MAC, b"one")

    with pytest.raises(Overtaken):
        store.replace(MAC, b"two", over=None, note=WHY)

    assert content_of(store, MAC) == b"one"


@rows_in_soak("that an admin changed it is the same to git", "git")
def test_one_that_another_server_changed_is_not_replaced(ground: Ground, store: Store) -> None:
    first, other = made(store, MAC, b"one"), ground.another()
    other.replace(MAC, b"of another", over=other.read(MAC), note=WHY)

    with pytest.raises(Overtaken):
        store.replace(MAC, b"two", over=first, note=WHY)

    assert content_of(store, MAC) == b"of another"


def test_one_that_an_admin_changed_is_not_replaced(ground: Ground, store: Store) -> None:
    first = made(store, MAC, b"one")
    ground.edit(MAC, b"an admin's")

    with pytest.raises(Overtaken):
        store.replace(MAC, b"two", over=first, note=WHY)

    assert content_of(store, MAC) == b"an admin's"


@rows_in_soak("that an admin changed it is the same to git", "git")
def test_one_that_an_admin_removed_is_not_replaced(ground: Ground, store: Store) -> None:
    first = made(store, MAC, b"one")
    ground.edit(MAC, b"something else meanwhile")
    ground.edit(MAC, None)

    with pytest.raises(Overtaken):
        store.replace(MAC, b"two", over=first, note=WHY)

    assert store.read(MAC) is None


@rows_in_soak("test_history has an admin who pushes in between", "git")
def test_an_admin_who_changes_other_files_is_in_nobodys_way(ground: Ground, store: Store) -> None:
    first = made(store, MAC, b"one")
    ground.edit("manifests/site_default", b"an admin's")

    store.replace(MAC, b"two", over=first, note=WHY)

    other = ground.another()
    assert content_of(other, MAC) == b"two"
    assert content_of(other, "manifests/site_default") == b"an admin's"


def test_a_removed_file_is_gone(ground: Ground, store: Store) -> None:
    store.remove(MAC, over=made(store, MAC, b"one"), note=WHY)

    assert store.read(MAC) is None
    assert ground.another().read(MAC) is None


def test_one_that_was_changed_meanwhile_is_not_removed(store: Store) -> None:
    first = made(store, MAC, b"one")
    store.replace(MAC, b"two", over=first, note=WHY)

    with pytest.raises(Overtaken):
        store.remove(MAC, over=first, note=WHY)

    assert store.exists(MAC)


def test_names_are_the_visible_files_of_a_folder_sorted(ground: Ground) -> None:
    ground.edit(f"{SITES}/.hidden", b"")
    ground.edit(f"{SITES}/Zürich", b"")
    ground.edit(f"{SITES}/folder/file", b"")

    assert list(ground.another().names(SITES)) == ["Zürich", "london", "new york", "paris"]


def test_names_are_the_same_object_until_something_changes(ground: Ground, store: Store) -> None:
    first = store.names(SITES)
    made(store, MAC, b"one")
    assert store.names(SITES) is first

    ground.edit(f"{SITES}/rome", b"")

    assert eventually(lambda: "rome" in store.names(SITES), timeout=SEEN)
    assert store.names(SITES) is store.names(SITES)


def test_what_an_admin_changes_is_seen_while_one_reads(ground: Ground, store: Store) -> None:
    assert store.read("manifests/site_default")
    ground.edit("manifests/site_default", b"new")

    eventually(lambda: content_of(store, "manifests/site_default") == b"new", timeout=SEEN)


@soak_only("the test above sees it; clones and buckets have tests of their pace")
def test_what_an_admin_changes_is_usually_seen_within_five_seconds_everywhere(
    everywhere: Sequence[Ground],
) -> None:
    stores = [ground.usual() for ground in everywhere]
    assert not [store for store in stores if "rome" in store.names(SITES)]
    for ground in everywhere:
        ground.edit(f"{SITES}/rome", b"")

    eventually(lambda: all("rome" in store.names(SITES) for store in stores), timeout=SEEN)


@rows_in_soak("names and walks of git have rows of their own", "git")
def test_manifests_are_found_by_host_names(store: Store) -> None:
    made(store, "manifests/Lab-07", b"one")
    made(store, "manifests/groups/lab-08", b"two")
    repo = MunkiRepo(store)

    for host in ("Lab-07", "lab-07", "LAB-07"):
        assert repo.now().namesakes()(host) == "Lab-07"
    assert repo.now().namesakes()("lab-08") is None
    assert (repo.now().namesake("Lab-07"), repo.now().namesake("lab-08")) == ("Lab-07", None)


def test_only_files_exist(store: Store) -> None:
    assert store.exists(f"{SITES}/london")
    assert store.exists(f"{SITES}/new york")
    for name in (
        f"{SITES}/rome",
        SITES,
        f"{SITES}/london/x",
        f"{SITES}/lon\ndon",
        f"{SITES}/LONDON",
    ):
        assert not store.exists(name)


@for_each("name", ["../manifests/site_default", "half\ud800", "half\ud800/name"])
def test_what_can_be_no_file_of_the_repo_does_not_exist(store: Store, name: str) -> None:
    assert not store.exists(f"manifests/{name}")
    assert store.exists("manifests/site_default")


def test_a_name_that_turns_round_inside_its_folder_is_the_file_that_clients_get(
    store: Store,
) -> None:
    assert store.exists("manifests/included_manifests/../site_default")
    assert not store.exists("manifests/included_manifests/../../site_default")


def test_a_walk_meets_every_visible_file_below_a_folder(ground: Ground) -> None:
    ground.edit("manifests/.rollcall-locks/00", b"")
    ground.edit("manifests/included_manifests/sites/.DS_Store", b"")

    assert sorted(ground.another().walk("manifests")) == [
        "included_manifests/builds/basic",
        "included_manifests/builds/design",
        "included_manifests/builds/developer",
        "included_manifests/builds/kiosk",
        "included_manifests/sites/london",
        "included_manifests/sites/new york",
        "included_manifests/sites/paris",
        "site_default",
    ]


def test_a_file_beyond_all_measure_is_not_read(ground: Ground) -> None:
    ground.edit(MAC, b"x" * (LARGEST + 1))

    with pytest.raises(ManifestUnreadable, match="larger than 4 MiB"):
        ground.another().read(MAC)


def test_a_folder_is_no_file(ground: Ground) -> None:
    if not ground.has_folders:
        pytest.skip("in a bucket one name can be a file, and others go on from it")
    ground.edit(f"{MAC}/file", b"")

    with pytest.raises(ManifestUnreadable, match="a folder has its name"):
        ground.another().read(MAC)


def test_a_place_that_can_be_written_passes_the_check(store: Store) -> None:
    store.check()
    store.check()


def test_sites_that_others_add_and_remove_in_nested_folders_are_seen_as_fast(
    ground: Ground, store: Store
) -> None:
    repo = MunkiRepo(store)
    before = repo.now().sites()

    ground.edit(f"{SITES}/uk/north/leeds", b"<plist/>")
    eventually(lambda: repo.now().sites() == [*before, "uk/north/leeds"], timeout=SEEN)
    ground.edit(f"{SITES}/uk/north/york", b"<plist/>")
    ground.edit(f"{SITES}/uk/north/leeds", None)
    eventually(lambda: repo.now().sites() == [*before, "uk/north/york"], timeout=SEEN)
