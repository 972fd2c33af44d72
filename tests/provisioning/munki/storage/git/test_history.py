"""A Munki repo in git: what an admin finds in its history, and who came first."""

import threading
from pathlib import Path

import pytest

from provisioning.munki import ChangeNote, MunkiRepo
from provisioning.munki.errors import ManifestUnreadable, RepoUnusable
from provisioning.munki.locations import opened
from provisioning.munki.storage import Overtaken, Store
from tests.fakes.git.remote import Remote
from tests.provisioning.munki.storage.conftest import content_of
from tests.provisioning.munki.storage.git.conftest import NAME, WHY
from tests.support.fixtures.repo import LONDON, MAC, PARIS
from tests.support.tables import for_each


@pytest.fixture
def repo(remote: Remote, copy: Path) -> MunkiRepo:
    """The remote as a Munki repo, opened by the same server."""
    return opened(remote.url, copy)


def test_a_change_is_a_commit_with_its_reason_and_who_wanted_it(
    remote: Remote, store: Store
) -> None:
    store.replace(NAME, b"one", over=None, note=WHY)

    assert remote.read(NAME) == b"one"
    assert remote.log("%s|%an|%cn")[0] == f"{WHY.sentence}|Alice Example|Rollcall"


def test_where_nobody_wanted_it_the_author_is_rollcall(remote: Remote, repo: MunkiRepo) -> None:
    repo.now().assign(MAC, LONDON)

    assert remote.log("%an")[0] == "Rollcall"


def test_what_people_type_cannot_bend_a_commit(remote: Remote, store: Store) -> None:
    author = "Eve <root@example.com>\ncommitter Eve <eve@example.com>"
    sentence = "one\n\nM 100644 inline evil\ndata 1\nx \ud800\0"
    store.replace(NAME, b"one", over=None, note=ChangeNote(sentence, author))

    assert "evil" not in remote.files()
    assert remote.log("%an|%ae|%cn")[0] == (
        "Eve root@example.com committer Eve eve@example.com|rollcall@localhost|Rollcall"
    )
    assert remote.log("%B")[0] == "one M 100644 inline evil data 1 x"


def test_odd_names_are_files_like_others(remote: Remote, store: Store) -> None:
    names = ['manifests/-Zürich "quoted" \\ back', "manifests/ 7 blob 12"]
    for name in names:
        store.replace(name, name.encode(), over=None, note=WHY)

    assert [content_of(store, name) for name in names] == [name.encode() for name in names]
    assert set(names) < set(remote.files())


@for_each("name", ["manifests/.git/config", "manifests/../x", "manifests//x", ""])
def test_a_name_that_is_none_is_refused(remote: Remote, store: Store, name: str) -> None:
    before = remote.head()

    with pytest.raises(ManifestUnreadable):
        store.replace(name, b"", over=None, note=WHY)

    assert remote.head() == before


def test_changes_that_come_together_are_commits_of_their_own_in_few_pushes(
    remote: Remote, store: Store
) -> None:
    remote.hook("post-receive", "cat >> pushes; sleep 0.2")
    names = [f"manifests/C02LAB{number:03}" for number in range(16)]
    threads = [
        threading.Thread(
            target=lambda name=name: store.replace(name, b"", over=None, note=ChangeNote(name))
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
    store.replace(NAME, b"one", over=None, note=WHY)
    first, outcomes = store.read(NAME), list[str]()
    remote.edit({NAME: b"an admin's"})

    def replace(name: str) -> None:
        try:
            store.replace(name, b"two", over=first if name == NAME else None, note=WHY)
        except Overtaken:
            outcomes.append(name)

    names = [NAME, *(f"manifests/C02LAB{number:03}" for number in range(3))]
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
    repo.now().assign(MAC, LONDON)
    manifest = remote.read(NAME)
    assert manifest is not None
    remote.edit({NAME: manifest.replace(b"production", b"testing"), "notes.txt": b"hello"})

    repo.now().assign(MAC, PARIS)

    written = remote.read(NAME)
    assert written is not None
    assert b"testing" in written
    assert b"sites/paris" in written
    assert remote.read("notes.txt") == b"hello"


def test_a_remote_that_refuses_is_told_in_its_own_words_and_nothing_stays(
    remote: Remote, store: Store
) -> None:
    assert content_of(store, NAME) is None
    remote.hook("pre-receive", "echo 'only on \033[31mSundays' >&2; exit 1")

    with pytest.raises(RepoUnusable, match=r"hook declined: only on \[31mSundays\); let Rollcall"):
        store.replace(NAME, b"one", over=None, note=WHY)

    assert content_of(store, NAME) is None
    (remote.path / "hooks/pre-receive").unlink()
    store.replace("manifests/other", b"", over=None, note=ChangeNote("another"))
    assert remote.log()[0:2] == ["another", "the sample"]


def test_a_push_whose_answer_is_lost_has_happened(remote: Remote, store: Store) -> None:
    remote.hook("post-receive", "kill -9 $PPID")

    store.replace(NAME, b"one", over=None, note=WHY)

    assert remote.log() == [WHY.sentence, "the sample"]
