"""A store whose calls are timed."""

from pathlib import Path

import pytest

from provisioning.munki import opened
from provisioning.munki.errors import ManifestUnreadable, RepoUnusable
from provisioning.munki.storage import NOBODY, Store

Calls = list[tuple[str, str, bool]]


@pytest.fixture
def calls() -> Calls:
    """The calls that are told: backend, call, and whether it failed."""
    return []


@pytest.fixture
def store(tmp_path: Path, calls: Calls) -> Store:
    """A store in a folder, opened as servers open it."""
    (tmp_path / "manifests").mkdir()

    def note(backend: str, call: str, seconds: float, *, failed: bool) -> None:
        assert seconds >= 0
        calls.append((backend, call, failed))

    return opened(str(tmp_path), note=note).store


def test_it_does_what_the_store_does_and_tells_each_call(store: Store, calls: Calls) -> None:
    store.replace("manifests/x", b"1", over=None, note=NOBODY)
    read = store.read("manifests/x")
    assert read is not None
    assert read.content == b"1"
    assert store.exists("manifests/x")
    assert [*store.names("manifests")] == ["x"]
    assert [*store.tree("manifests")] == ["x"]
    assert list(store.walk("manifests")) == ["x"]
    assert store.has("manifests")
    assert store.reader()("manifests/x") == read
    assert store.author("manifests/x") is None
    store.check()
    with store.holding("manifests/x"):
        store.remove("manifests/x", over=read, note=NOBODY)
    assert store.changed("manifests", None).names is None

    done = ("write", "read", "list", "check", "remove")
    assert calls == [("folder", call, False) for call in done]


def test_a_repo_that_cannot_be_used_is_told_and_a_bad_manifest_is_not(
    store: Store, calls: Calls, tmp_path: Path
) -> None:
    (tmp_path / "manifests" / "folder").mkdir()
    with pytest.raises(ManifestUnreadable):
        store.read("manifests/folder")
    (tmp_path / "manifests" / "folder").rmdir()
    (tmp_path / "manifests").rmdir()
    tmp_path.joinpath("manifests").symlink_to(tmp_path / "manifests")
    with pytest.raises(RepoUnusable):
        store.check()

    assert calls == [("folder", "read", False), ("folder", "check", True)]
