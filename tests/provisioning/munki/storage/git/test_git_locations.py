"""Locations of a repo in git, as MUNKI_REPO names them."""

import math
from pathlib import Path

import pytest

from provisioning.munki.locations import store
from provisioning.munki.storage import FolderStore, UnusablePlace
from provisioning.munki.storage.git import GitLocation
from provisioning.munki.storage.git.clone import Clone
from rollcall.settings import RepoSettings, UnusableSettings, read
from tests.support.tables import for_each


@for_each(
    ("text", "url", "branch"),
    [
        ("git+ssh://git@h.example/o/munki.git", "ssh://git@h.example/o/munki.git", None),
        ("git+ssh://h:2222/~/munki#macs/live", "ssh://h:2222/~/munki", "macs/live"),
        ("git+https://h/m.git#main", "https://h/m.git", "main"),
        ("git+https://u:s%40cret@h:8443/m.git", "https://h:8443/m.git", None),
        ("git+file:///srv/munki%20repo.git#main", "file:///srv/munki%20repo.git", "main"),
    ],
)
def test_a_url_names_a_remote_and_a_branch(text: str, url: str, branch: str | None) -> None:
    place = GitLocation.parse(text)

    assert (place.url, place.branch) == (url, branch)


def test_a_remote_on_this_machine_is_a_folder_which_git_is_to_trust() -> None:
    assert (
        GitLocation.parse("git+file:///srv/munki%20repo.git#main").folder == "/srv/munki repo.git"
    )
    assert GitLocation.parse("git+https://h/m.git").folder is None


def test_a_password_is_kept_apart_from_the_url_and_out_of_sight() -> None:
    place = GitLocation.parse("git+https://robot:s%40cret@h.example/m.git")

    assert place.login == "Basic cm9ib3Q6c0BjcmV0"  # robot:s@cret
    assert "cret" not in repr(place)
    assert "cm9" not in repr(place)


@for_each(
    "text",
    [
        "s4://bucket/munki",
        "git://h/m.git",
        "git@github.com:org/munki.git",
        "git+ext://sh -c id",
        "git+ssh:///m.git",
        "git+ssh://-oProxyCommand=id/m.git",
        "git+ssh://git:secret@h/m.git",
        "git+https://user:secret@",
        "git+https://user:secret@h:port/m.git",
        "git+https://h/",
        "git+file://h/m.git",
        "git+file:m.git",
        "git+https://h/m.git#--upload-pack=id",
        "git+https://h/m.git#a..b",
        "git+https://h/m.git#a%20b",
        "git+https://h/m.git#x.lock",
    ],
)
def test_what_is_no_place_is_refused_at_the_start_and_says_why(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnusablePlace):
        store(text)

    monkeypatch.setenv("MUNKI_REPO", text)
    monkeypatch.setenv("ROLLCALL_CHANNEL", "C0IMAGING")
    with pytest.raises(UnusableSettings, match=r"- MUNKI_REPO: it ") as raised:
        read(RepoSettings)
    assert "secret" not in str(raised.value)


def test_the_error_names_what_is_possible() -> None:
    with pytest.raises(UnusablePlace, match=r"a folder, or git\+ssh://…, git\+https://…"):
        store("ftp://h/munki")


@for_each("text", ["/munki_repo", "munki repo", "C:folder", "./a:b"])
def test_everything_else_is_a_folder(text: str) -> None:
    assert isinstance(store(text), FolderStore)


def test_two_remotes_and_two_branches_of_one_have_clones_of_their_own() -> None:
    texts = ["git+https://h/a.git", "git+https://h/b.git", "git+https://h/a.git#x"]

    assert len({GitLocation.parse(text).key for text in texts}) == 3
    assert GitLocation.parse("git+https://u:p@h/a.git").key == GitLocation.parse(texts[0]).key


def test_a_clone_that_is_not_made_yet_has_no_number_and_was_never_as_the_remote_is(
    tmp_path: Path,
) -> None:
    """So the first look at a repo waits for as long as a whole clone may take."""
    clone = Clone(tmp_path, GitLocation.parse("git+https://h/m.git"))

    assert (clone.generation(), clone.age()) == (0, math.inf)
