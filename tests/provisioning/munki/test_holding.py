"""Holding a Mac's manifest, and a repo that is not what it should be."""

from functools import partial
from pathlib import Path

import pytest

from provisioning.munki import MunkiRepo, opened
from provisioning.munki.errors import MissingInclude, RepoUnusable
from provisioning.values.serials import Serial
from tests.support.fixtures.repo import LONDON, MAC, Want, seen
from tests.support.waiting import eventually


def test_a_repo_that_cannot_be_written_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "manifests").write_text("a file in place of the folder")
    repo = opened(str(tmp_path))

    with pytest.raises(RepoUnusable, match="Not a directory"), repo.now().holding(MAC):
        pass
    with pytest.raises(RepoUnusable, match="Not a directory"):
        repo.now().assign(MAC, LONDON)


def test_a_folder_of_locks_that_is_none_makes_the_repo_unusable(
    repo: MunkiRepo, manifests: Path
) -> None:
    (manifests / ".rollcall-locks").touch()

    with (
        pytest.raises(RepoUnusable, match=r"rollcall-locks.*move it away"),
        repo.now().holding(MAC),
    ):
        pass


def test_a_manifest_that_cannot_be_replaced_makes_the_repo_unusable(
    repo: MunkiRepo, manifests: Path
) -> None:
    (manifests / f".{MAC}.rollcall").mkdir()
    before = seen(manifests)

    with pytest.raises(RepoUnusable, match="Is a directory"):
        repo.now().assign(MAC, LONDON)

    assert seen(manifests) == before


def test_a_mount_that_goes_while_the_manifest_is_held_is_told_too(
    repo: MunkiRepo, repo_folder: Path, tmp_path: Path
) -> None:
    told = pytest.raises((RepoUnusable, MissingInclude))
    with told, repo.now().holding(MAC):
        repo_folder.rename(tmp_path / "elsewhere")
        repo.now().assign(MAC, LONDON)


def test_a_held_mac_waits_in_any_case_of_its_serial(repo: MunkiRepo, want: Want) -> None:
    with repo.now().holding(MAC):
        other = want(lambda: repo.now().holding(Serial(MAC.text.lower())))
        assert other.waits()

    assert other.has_it()


def test_other_macs_need_not_wait(repo: MunkiRepo, want: Want) -> None:
    """Of eight Macs it is next to impossible that each shares the lock of ours."""
    with repo.now().holding(MAC):
        others = [want(partial(repo.now().holding, Serial(f"C02X{number}"))) for number in range(8)]
        eventually(lambda: not all(other.waits() for other in others))
