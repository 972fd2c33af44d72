"""Questions to a Munki repo that change nothing in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from provisioning.munki import MunkiRepo, opened
from provisioning.munki.errors import ManifestUnreadable, MissingInclude, RepoUnusable
from tests.support.fixtures.repo import LONDON, MAC, PARIS, Assign, seen


def test_a_manifest_that_leads_there_already_is_right(repo: MunkiRepo, assign: Assign) -> None:
    assign()

    assert repo.now().is_current(MAC, LONDON)


def test_one_that_leads_elsewhere_or_is_not_there_is_not(repo: MunkiRepo, assign: Assign) -> None:
    assert not repo.now().is_current(MAC, LONDON)
    assign(PARIS)
    assert not repo.now().is_current(MAC, LONDON)


def test_looking_only_reads(repo: MunkiRepo, assign: Assign, manifests: Path) -> None:
    repo.now().is_current(MAC, LONDON)
    assert not (manifests / MAC.text).exists()
    assign()
    before = seen(manifests)

    repo.now().is_current(MAC, LONDON)
    repo.now().is_current(MAC, PARIS)

    assert seen(manifests) == before


def test_looking_waits_for_nobody(repo: MunkiRepo, assign: Assign) -> None:
    assign()
    with repo.now().holding(MAC):
        assert repo.now().is_current(MAC, LONDON)


def test_an_unreadable_manifest_is_told(repo: MunkiRepo, write: Callable[..., Path]) -> None:
    write(b"not a plist")
    with pytest.raises(ManifestUnreadable):
        repo.now().is_current(MAC, LONDON)


def test_an_unusable_repo_is_told(tmp_path: Path) -> None:
    (tmp_path / "manifests").touch()
    with pytest.raises(RepoUnusable):
        opened(str(tmp_path)).now().is_current(MAC, LONDON)


def test_a_usable_repo_passes(repo: MunkiRepo) -> None:
    repo.now().check()


def test_a_repo_without_manifests_does_not(tmp_path: Path) -> None:
    with pytest.raises(RepoUnusable, match="there is no folder"):
        opened(str(tmp_path)).now().check()


def test_a_repo_without_site_default_does_not(repo: MunkiRepo, manifests: Path) -> None:
    (manifests / "site_default").unlink()
    with pytest.raises(MissingInclude, match="site_default"):
        repo.now().check()
