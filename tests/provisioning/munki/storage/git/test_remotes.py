"""A git remote that comes and goes, is renamed, rewritten or grows; and the clone after it."""

import hashlib
from pathlib import Path

import pytest

from provisioning.munki import MunkiRepo
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.locations import store as opened_store
from provisioning.munki.storage import Store
from provisioning.munki.storage.git import GitLocation, GitStore, RefreshPace
from tests.fakes.git.remote import Remote, git
from tests.provisioning.munki.storage.conftest import content_of
from tests.provisioning.munki.storage.git.conftest import NAME, WHY
from tests.support.soaking import rows_in_soak
from tests.support.waiting import eventually

OFTEN = RefreshPace(soon=0.2)  # a server that looks at the remote so often


@pytest.fixture
def eager(remote: Remote, copy: Path) -> Store:
    """The remote, opened by one that looks at it often."""
    return GitStore(GitLocation.parse(remote.url), copy, OFTEN)


def test_a_remote_that_is_down_stops_writers_only(remote: Remote, eager: Store) -> None:
    store = eager
    store.replace(NAME, b"one", over=None, note=WHY)
    away = remote.path.rename(remote.path.with_name("away.git"))

    with pytest.raises(RepoUnusable, match="does not appear to be a git repository"):
        store.replace(NAME, b"two", over=store.read(NAME), note=WHY)
    eventually(lambda: content_of(store, NAME) == b"one" and complaint(store))
    assert "look at the path" in complaint(store)

    away.rename(remote.path)
    eventually(lambda: not complaint(store))
    store.replace(NAME, b"two", over=store.read(NAME), note=WHY)
    assert remote.read(NAME) == b"two"


def complaint(store: Store) -> str:
    try:
        store.check()
    except RepoUnusable as error:
        return str(error)
    return ""


def test_opening_needs_no_remote_and_the_first_that_comes_is_cloned(
    tmp_path: Path, copy: Path
) -> None:
    place = GitLocation.parse(f"git+file://{tmp_path}/git/remote.git")
    store = GitStore(place, copy, OFTEN)
    with pytest.raises(RepoUnusable, match="does not appear to be a git repository"):
        store.names("manifests")

    Remote(tmp_path / "git")

    eventually(lambda: not complaint(store))
    assert list(store.names("manifests")) == ["site_default"]


def test_an_empty_remote_is_told_and_used_once_something_is_in_it(
    tmp_path: Path, copy: Path
) -> None:
    remote = Remote(tmp_path / "git", sample=False)
    repo = MunkiRepo(GitStore(GitLocation.parse(remote.url), copy, OFTEN))
    with pytest.raises(RepoUnusable, match="HEAD names no branch that is there; push one"):
        repo.now().check()

    (remote.desk / "manifests").mkdir()
    (remote.desk / "manifests/site_default").write_bytes(b"")
    remote.push("the first")

    eventually(lambda: checked(repo))


def checked(repo: MunkiRepo) -> bool:
    try:
        repo.now().check()
    except RepoUnusable:
        return False
    return True


def test_a_branch_that_is_named_is_the_one(remote: Remote, copy: Path) -> None:
    git(remote.path, "branch", "macs/live", "main")
    store = opened_store(f"{remote.url}#macs/live", copy)
    store.replace(NAME, b"one", over=None, note=WHY)

    assert remote.read(NAME) is None
    assert git(remote.path, "show", f"macs/live:{NAME}") == b"one"


def test_a_branch_that_is_not_there_is_told(remote: Remote, copy: Path) -> None:
    with pytest.raises(RepoUnusable, match=r"couldn't find remote ref.*push that branch"):
        opened_store(f"{remote.url}#live", copy).check()


def test_a_default_branch_that_is_renamed_is_followed(remote: Remote, eager: Store) -> None:
    store = eager
    assert content_of(store, NAME) is None
    git(remote.path, "branch", "-m", "main", "trunk")
    git(remote.path, "symbolic-ref", "HEAD", "refs/heads/trunk")

    eventually(lambda: not complaint(store) and git(remote.path, "rev-parse", "trunk"))
    store.replace(NAME, b"one", over=store.read(NAME), note=WHY)

    assert git(remote.path, "show", f"trunk:{NAME}") == b"one"


@rows_in_soak("another history is rewritten further", "an ancestor")
@pytest.mark.parametrize("to", ["an ancestor", "another history"])
def test_a_history_that_was_rewritten_is_not_brought_back(
    remote: Remote, store: Store, to: str
) -> None:
    """Although the server does not look at the remote between that and the push."""
    remote.edit({"regretted": b"secret"})
    assert store.exists("regretted")
    remote.fetch()
    if to == "an ancestor":
        git(remote.desk, "reset", "--quiet", "--hard", "HEAD~1")
        git(remote.desk, "push", "--quiet", "--force", "origin", "HEAD:main")
    else:
        git(remote.desk, "checkout", "--quiet", "--orphan", "other")
        git(remote.desk, "rm", "--quiet", "--cached", "regretted")
        (remote.desk / "regretted").unlink()
        remote.push("began anew", "--force")

    store.replace(NAME, b"one", over=None, note=WHY)

    assert remote.read("regretted") is None
    assert remote.read(NAME) == b"one"
    assert "an edit" not in remote.log()


def test_a_clone_that_has_become_many_files_is_packed(remote: Remote, copy: Path) -> None:
    """As after five hundred Macs; how many there are is guessed from one folder of objects."""
    store = GitStore(GitLocation.parse(remote.url), copy, OFTEN)
    assert store.names("manifests")
    some = [b"%d" % number for number in range(4000) if oid(b"%d" % number).startswith("17")]
    remote.edit({f"manifests/C02LAB{content.decode()}": content for content in some})
    [repository] = copy.glob("*/repo.git")

    eventually(lambda: len(store.names("manifests")) > len(some))
    eventually(lambda: not list(repository.glob("objects/17/*")))

    assert content_of(store, f"manifests/C02LAB{some[-1].decode()}") == some[-1]


def oid(content: bytes) -> str:
    """The id that git gives to a file with this content."""
    return hashlib.sha1(b"blob %d\0%s" % (len(content), content)).hexdigest()
