"""A Munki repo in git: what an admin finds in its history, and what the remote may do."""

import hashlib
import threading
from pathlib import Path

import pytest

from provisioning.errors import ManifestUnreadable, RepoUnusable
from provisioning.munki import MunkiRepo, Why
from provisioning.munki.opening import opened
from provisioning.munki.opening import store as opened_store
from provisioning.munki.stores import Overtaken, Store
from provisioning.munki.stores.gits import GitStore, Pace, Place
from tests.support.gits import Remote, git
from tests.support.waiting import eventually
from tests.unit.conftest import LONDON, MAC, PARIS

NAME = f"manifests/{MAC}"
WHY = Why("C02XG0FDJGH5 goes to london/design", "Alice Example")

OFTEN = Pace(soon=0.2)  # a server that looks at the remote so often


@pytest.fixture
def store(remote: Remote, copy: Path) -> Store:
    """The remote, opened by one server."""
    return opened_store(remote.url, copy)


@pytest.fixture
def repo(remote: Remote, copy: Path) -> MunkiRepo:
    """The remote as a Munki repo, opened by the same server."""
    return opened(remote.url, copy)


def content(store: Store, name: str = NAME) -> bytes | None:
    found = store.read(name)
    return None if found is None else found.content


def test_a_change_is_a_commit_with_its_reason_and_who_wanted_it(
    remote: Remote, store: Store
) -> None:
    store.replace(NAME, b"one", over=None, why=WHY)

    assert remote.read(NAME) == b"one"
    assert remote.log("%s|%an|%cn")[0] == f"{WHY.sentence}|Alice Example|Rollcall"


def test_where_nobody_wanted_it_the_author_is_rollcall(remote: Remote, repo: MunkiRepo) -> None:
    repo.assign(MAC, LONDON)

    assert remote.log("%an")[0] == "Rollcall"


def test_what_people_type_cannot_bend_a_commit(remote: Remote, store: Store) -> None:
    author = "Eve <root@example.com>\ncommitter Eve <eve@example.com>"
    sentence = "one\n\nM 100644 inline evil\ndata 1\nx \ud800\0"
    store.replace(NAME, b"one", over=None, why=Why(sentence, author))

    assert "evil" not in remote.files()
    assert remote.log("%an|%ae|%cn")[0] == (
        "Eve root@example.com committer Eve eve@example.com|rollcall@localhost|Rollcall"
    )
    assert remote.log("%B")[0] == "one M 100644 inline evil data 1 x"


def test_odd_names_are_files_like_others(remote: Remote, store: Store) -> None:
    names = ['manifests/Zürich "quoted" \\ back', "manifests/-option", "manifests/ 7 blob 12"]
    for name in names:
        store.replace(name, name.encode(), over=None, why=WHY)

    assert [content(store, name) for name in names] == [name.encode() for name in names]
    assert set(names) < set(remote.files())


@pytest.mark.parametrize("name", ["manifests/.git/config", "manifests/../x", "manifests//x", ""])
def test_a_name_that_is_none_is_refused(remote: Remote, store: Store, name: str) -> None:
    before = remote.head()

    with pytest.raises(ManifestUnreadable):
        store.replace(name, b"", over=None, why=WHY)

    assert remote.head() == before


def test_changes_that_come_together_are_commits_of_their_own_in_few_pushes(
    remote: Remote, store: Store
) -> None:
    remote.hook("post-receive", "cat >> pushes; sleep 0.2")
    names = [f"manifests/C02LAB{number:03}" for number in range(16)]
    threads = [
        threading.Thread(
            target=lambda name=name: store.replace(name, b"", over=None, why=Why(name))
        )
        for name in names
    ]
    assert store.names("manifests")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(remote.log()[:-1]) == names
    assert len((remote.path / "pushes").read_text().splitlines()) <= 8


def test_of_changes_that_come_together_only_the_overtaken_one_fails(
    remote: Remote, store: Store
) -> None:
    store.replace(NAME, b"one", over=None, why=WHY)
    first, outcomes = store.read(NAME), list[str]()
    remote.edit({NAME: b"an admin's"})

    def replace(name: str) -> None:
        try:
            store.replace(name, b"two", over=first if name == NAME else None, why=WHY)
        except Overtaken:
            outcomes.append(name)

    names = [NAME, *(f"manifests/C02LAB{number:03}" for number in range(6))]
    threads = [threading.Thread(target=replace, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == [NAME]
    assert {name: remote.read(name) for name in names} == {
        **dict.fromkeys(names, b"two"),
        NAME: b"an admin's",
    }


def test_an_admin_who_pushes_in_between_keeps_all_of_it(remote: Remote, repo: MunkiRepo) -> None:
    """Of the Mac's own manifest too: it is read and merged again."""
    repo.assign(MAC, LONDON)
    manifest = remote.read(NAME)
    assert manifest is not None
    remote.edit({NAME: manifest.replace(b"production", b"testing"), "notes.txt": b"hello"})

    repo.assign(MAC, PARIS)

    written = remote.read(NAME)
    assert written is not None
    assert b"testing" in written
    assert b"sites/paris" in written
    assert remote.read("notes.txt") == b"hello"


def test_a_remote_that_refuses_is_told_in_its_own_words_and_nothing_stays(
    remote: Remote, store: Store
) -> None:
    assert content(store) is None
    remote.hook("pre-receive", "echo 'only on \033[31mSundays' >&2; exit 1")

    with pytest.raises(RepoUnusable, match=r"hook declined: only on \[31mSundays\); let Rollcall"):
        store.replace(NAME, b"one", over=None, why=WHY)

    assert content(store) is None
    (remote.path / "hooks/pre-receive").unlink()
    store.replace("manifests/other", b"", over=None, why=Why("another"))
    assert remote.log()[0:2] == ["another", "the sample"]


def test_a_push_whose_answer_is_lost_has_happened(remote: Remote, store: Store) -> None:
    remote.hook("post-receive", "kill -9 $PPID")

    store.replace(NAME, b"one", over=None, why=WHY)

    assert remote.log() == [WHY.sentence, "the sample"]


def test_a_remote_that_is_down_stops_writers_only(remote: Remote, store: Store, copy: Path) -> None:
    store.replace(NAME, b"one", over=None, why=WHY)
    away = remote.path.rename(remote.path.with_name("away.git"))

    with pytest.raises(RepoUnusable, match="does not appear to be a git repository"):
        store.replace(NAME, b"two", over=store.read(NAME), why=WHY)
    eventually(lambda: content(store) == b"one" and complaint(store))
    assert "look at the path" in complaint(store)

    away.rename(remote.path)
    eventually(lambda: not complaint(store))
    store.replace(NAME, b"two", over=store.read(NAME), why=WHY)
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
    place = Place.parse(f"git+file://{tmp_path}/git/remote.git")
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
    repo = MunkiRepo(GitStore(Place.parse(remote.url), copy, OFTEN))
    with pytest.raises(RepoUnusable, match="HEAD names no branch that is there; push one"):
        repo.check()

    (remote.desk / "manifests").mkdir()
    (remote.desk / "manifests/site_default").write_bytes(b"")
    remote.push("the first")

    eventually(lambda: checked(repo))


def checked(repo: MunkiRepo) -> bool:
    try:
        repo.check()
    except RepoUnusable:
        return False
    return True


def test_a_branch_that_is_named_is_the_one(remote: Remote, copy: Path) -> None:
    git(remote.path, "branch", "macs/live", "main")
    store = opened_store(f"{remote.url}#macs/live", copy)
    store.replace(NAME, b"one", over=None, why=WHY)

    assert remote.read(NAME) is None
    assert git(remote.path, "show", f"macs/live:{NAME}") == b"one"


def test_a_branch_that_is_not_there_is_told(remote: Remote, copy: Path) -> None:
    with pytest.raises(RepoUnusable, match=r"couldn't find remote ref.*push that branch"):
        opened_store(f"{remote.url}#live", copy).check()


def test_a_default_branch_that_is_renamed_is_followed(remote: Remote, store: Store) -> None:
    assert content(store) is None
    git(remote.path, "branch", "-m", "main", "trunk")
    git(remote.path, "symbolic-ref", "HEAD", "refs/heads/trunk")

    eventually(lambda: not complaint(store) and git(remote.path, "rev-parse", "trunk"))
    store.replace(NAME, b"one", over=store.read(NAME), why=WHY)

    assert git(remote.path, "show", f"trunk:{NAME}") == b"one"


@pytest.mark.parametrize("to", ["an ancestor", "another history"])
def test_a_history_that_was_rewritten_is_not_brought_back(
    remote: Remote, store: Store, to: str
) -> None:
    """Though nobody looks at the remote between that and the push."""
    remote.edit({"regretted": b"secret"})
    assert store.exists("regretted")
    if to == "an ancestor":
        git(remote.desk, "reset", "--quiet", "--hard", "HEAD~1")
        git(remote.desk, "push", "--quiet", "--force", "origin", "HEAD:main")
    else:
        git(remote.desk, "checkout", "--quiet", "--orphan", "other")
        git(remote.desk, "rm", "--quiet", "--cached", "regretted")
        (remote.desk / "regretted").unlink()
        remote.push("began anew", "--force")

    store.replace(NAME, b"one", over=None, why=WHY)

    assert remote.read("regretted") is None
    assert remote.read(NAME) == b"one"
    assert "an edit" not in remote.log()


@pytest.fixture
def odd(remote: Remote) -> Remote:
    """A remote that has all that git can keep."""
    included = remote.desk / "manifests/included_manifests"
    (included / "sites/link").symlink_to("london")
    (included / "sites/dangling").symlink_to("nowhere")
    (included / "sites/outside").symlink_to("/etc/passwd")
    (included / "places").symlink_to("sites")
    (remote.desk / ".gitattributes").write_text("* text=auto eol=crlf\n*.plist filter=evil\n")
    (remote.desk / "manifests/unix").write_bytes(b"a\nb\n")
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"
    (remote.desk / "manifests/large").write_bytes(pointer)
    head = remote.head()
    git(remote.desk, "update-index", "--add", "--cacheinfo", f"160000,{head},manifests/submodule")
    (remote.desk / "manifests/submodule").mkdir()
    (remote.desk / "manifests/executable").write_bytes(b"x")
    (remote.desk / "manifests/executable").chmod(0o755)
    remote.push("all that there is")
    return remote


def test_links_submodules_and_attributes_are_what_they_are(odd: Remote, store: Store) -> None:
    assert list(store.names("manifests/included_manifests/places")) == [
        *("link", "london", "new york", "paris"),
    ]
    assert content(store, "manifests/included_manifests/sites/link") == odd.read(
        "manifests/included_manifests/sites/london"
    )
    assert content(store, "manifests/included_manifests/sites/outside") is None
    assert content(store, "manifests/unix") == b"a\nb\n"
    assert not store.exists("manifests/submodule")
    with pytest.raises(ManifestUnreadable, match="Git LFS"):
        store.read("manifests/large")


def test_a_commit_leaves_everything_else_as_it_was(odd: Remote, store: Store) -> None:
    before = git(odd.path, "ls-tree", "-r", "main").splitlines()
    store.replace(NAME, b"one\n", over=None, why=WHY)
    store.replace("manifests/executable", b"y", over=store.read("manifests/executable"), why=WHY)

    after = git(odd.path, "ls-tree", "-r", "main").splitlines()
    changed = [line for line in after if line not in before]
    assert [line.split(b"\t")[1] for line in changed] == [NAME.encode(), b"manifests/executable"]
    assert changed[1].startswith(b"100755")
    assert len(after) == len(before) + 1


def test_nothing_is_written_through_a_link_or_over_a_submodule(odd: Remote, store: Store) -> None:
    before = odd.head()

    with pytest.raises(RepoUnusable, match="places is a link"):
        store.replace("manifests/included_manifests/places/x", b"", over=None, why=WHY)
    with pytest.raises(ManifestUnreadable):
        store.replace("manifests/submodule", b"", over=None, why=WHY)

    assert odd.head() == before


def test_a_clone_that_has_become_many_files_is_packed(remote: Remote, copy: Path) -> None:
    """As after five hundred Macs; how many there are is guessed from one folder of objects."""
    store = GitStore(Place.parse(remote.url), copy, OFTEN)
    assert store.names("manifests")
    some = [b"%d" % number for number in range(4000) if oid(b"%d" % number).startswith("17")]
    remote.edit({f"manifests/C02LAB{content.decode()}": content for content in some})
    [repository] = copy.glob("*/repo.git")

    eventually(lambda: len(store.names("manifests")) > len(some))
    eventually(lambda: not list(repository.glob("objects/17/*")), timeout=20)

    assert content(store, f"manifests/C02LAB{some[-1].decode()}") == some[-1]


def oid(content: bytes) -> str:
    """What git calls a file of these bytes."""
    return hashlib.sha1(b"blob %d\0%s" % (len(content), content)).hexdigest()
