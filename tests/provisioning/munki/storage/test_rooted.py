"""A repo in a folder of a git repository, which holds more than it."""

from pathlib import Path

import pytest

from provisioning.munki.locations import store as opened
from provisioning.munki.storage import NOBODY, Store
from tests.fakes.git.remote import Remote
from tests.provisioning.munki.storage.conftest import content_of

MAC = "manifests/C02XG0FDJGH5"


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """A repository with a repo below `deploy/munki`, and another one at its top."""
    remote = Remote(tmp_path / "git")
    remote.edit({f"deploy/munki/{MAC}": b"one", "deploy/munki/pkgsinfo/a": b"a"}, "the first Mac")
    return remote


@pytest.fixture
def store(remote: Remote, tmp_path: Path) -> Store:
    """The repo as a server has it open."""
    return opened(remote.url, tmp_path / "copy", "deploy/munki")


def test_names_of_files_are_relative_to_the_root_folder(store: Store, remote: Remote) -> None:
    assert [*store.names("manifests")] == ["C02XG0FDJGH5"]
    assert [*store.tree("manifests")] == [*store.walk("manifests")] == ["C02XG0FDJGH5"]
    assert content_of(store, MAC) == b"one"
    assert store.reader()(MAC) == store.read(MAC)
    assert (store.exists(MAC), store.exists(f"deploy/munki/{MAC}")) == (True, False)
    assert (store.has("pkgsinfo"), store.has("deploy")) == (True, False)
    assert store.target(MAC) == MAC


def test_a_write_is_a_commit_below_the_root_folder_and_has_an_author(
    store: Store, remote: Remote
) -> None:
    before, seen = store.read(MAC), store.changed("manifests", None)
    assert before is not None

    with store.holding(MAC):
        store.replace(MAC, b"two", over=before, note=NOBODY)

    assert remote.read(f"deploy/munki/{MAC}") == b"two"
    assert store.changed("manifests", seen.token).names == ["C02XG0FDJGH5"]
    author = store.author(MAC)
    assert author is not None
    now = store.read(MAC)
    assert now is not None
    store.remove(MAC, over=now, note=NOBODY)
    assert remote.read(f"deploy/munki/{MAC}") is None
