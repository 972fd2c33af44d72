"""Manifests that somebody else writes at this moment, in place, as git and many scripts do."""

import plistlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Timer

import pytest

from provisioning.munki import MunkiRepo
from provisioning.munki.errors import ManifestUnreadable, MissingInclude
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.munki.repo.view import RETRY_PAUSE
from provisioning.munki.storage import FolderStore, Stored
from provisioning.values.serials import Serial
from tests.support.fixtures.repo import LONDON, MAC, PARIS

OURS = f"manifests/{MAC}"
SITE = "manifests/included_manifests/sites/paris"
HALF = plistlib.dumps({"managed_installs": ["Figma"]})[:80]


class Halfway(FolderStore):
    """A folder in which a file is half there when it is looked at for the first time.

    `half` is what is there of it; None: nothing, as between its removal and its return.
    """

    def __init__(self, folder: Path, name: str, half: bytes | None) -> None:
        super().__init__(folder)
        self._name, self._half, self.is_first = name, half, True

    def read(self, name: str) -> Stored | None:
        """Return a file; the first time what is there of it."""
        stored = super().read(name)
        if stored is None or not self._is_half(name):
            return stored
        return None if self._half is None else replace(stored, content=self._half)

    def exists(self, name: str) -> bool:
        """Return True for a file; the first time not for one of which nothing is there."""
        return super().exists(name) and not self._is_half(name)

    def _is_half(self, name: str) -> bool:
        is_half = self.is_first and name == self._name
        self.is_first = self.is_first and not is_half
        return is_half


@pytest.mark.parametrize(("name", "half"), [(OURS, b""), (OURS, HALF), (OURS, None), (SITE, None)])
def test_a_manifest_that_is_being_written_is_looked_at_again_and_keeps_what_others_wrote(
    write: Callable[..., Path], repo_folder: Path, name: str, half: bytes | None
) -> None:
    path = write(catalogs=["testing"], managed_installs=["Figma"])
    before = MunkiRepo(FolderStore(repo_folder)).now().assign(MAC, LONDON)
    store = Halfway(repo_folder, name, half)

    MunkiRepo(store).now().assign(MAC, PARIS, written=before.includes)

    assert not store.is_first
    keys = plistlib.loads(path.read_bytes())
    assert (keys["catalogs"], keys["managed_installs"]) == (["testing"], ["Figma"])
    assert "included_manifests/sites/paris" in keys["included_manifests"]


def test_a_manifest_that_others_remove_and_make_anew_is_waited_for(
    write: Callable[..., Path], repo: MunkiRepo
) -> None:
    path = write(managed_installs=["Figma"])
    before = repo.now().assign(MAC, LONDON)
    content = path.read_bytes()
    path.unlink()
    others = Timer(0.03, lambda: path.write_bytes(content))
    others.start()

    repo.now().assign(MAC, PARIS, written=before.includes)

    others.join()
    keys = plistlib.loads(path.read_bytes())
    assert keys["managed_installs"] == ["Figma"]
    assert "included_manifests/sites/paris" in keys["included_manifests"]


def test_a_look_without_a_lock_waits_for_a_manifest_that_is_being_written_too(
    write: Callable[..., Path], repo_folder: Path
) -> None:
    write(catalogs=["testing"])
    written = MunkiRepo(FolderStore(repo_folder)).now().assign(MAC, LONDON)
    view = MunkiRepo(Halfway(repo_folder, OURS, b"")).now()

    assert view.is_current(MAC, LONDON, written=written.includes)


def test_a_manifest_that_stays_half_written_is_told_and_left(
    write: Callable[..., Path], repo: MunkiRepo
) -> None:
    path = write(HALF)

    with pytest.raises(ManifestUnreadable, match="it is not a property list"):
        repo.now().assign(MAC, LONDON, written=WrittenIncludes())

    assert path.read_bytes() == HALF


def test_what_stays_missing_is_waited_for_once_and_not_by_each_mac(
    repo: MunkiRepo, repo_folder: Path
) -> None:
    """A job writes the manifests of 200 Macs, and other jobs wait for it."""
    (repo_folder / SITE).unlink()
    begin = time.monotonic()

    for number in range(20):
        with pytest.raises(MissingInclude):
            repo.now().assign(Serial(f"C02A{number:02}"), PARIS)

    assert time.monotonic() - begin < 10 * RETRY_PAUSE
