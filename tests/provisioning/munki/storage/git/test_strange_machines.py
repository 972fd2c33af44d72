"""A clone on a machine that has other settings, no git, or a remote that does not answer."""

import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from provisioning.munki import ChangeNote
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.locations import store as opened_store
from provisioning.munki.storage import Store
from provisioning.munki.storage.git import GitLocation, GitStore, RefreshPace
from tests.fakes.git.remote import Remote
from tests.support.fixtures.repo import MAC
from tests.support.waiting import eventually

NAME = f"manifests/{MAC}"


def test_a_users_own_settings_change_nothing(
    remote: Remote, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitconfig").write_text(
        f'[url "/nowhere/"]\n\tinsteadOf = file://{remote.path}\n[user]\n\tname = Surprise\n'
        "[push]\n\tdefault = nothing\n[core]\n\tautocrlf = true\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Surprise")

    opened_store(remote.url, copy).replace(
        NAME, b"a\nb\n", over=None, note=ChangeNote("C02XG0FDJGH5 goes to london/design")
    )

    assert remote.read(NAME) == b"a\nb\n"
    assert remote.log("%an|%cn")[0] == "Rollcall|Rollcall"


def test_a_copy_that_cannot_be_made_is_told(remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("a file")
    store = opened_store(remote.url, tmp_path / "copy")

    with pytest.raises(RepoUnusable, match="Not a directory"):
        store.names("manifests")
    with pytest.raises(RepoUnusable, match="Not a directory"), store.holding(NAME):
        pass


def test_without_git_it_says_so(
    remote: Remote, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(RepoUnusable, match="the program git cannot be run"):
        opened_store(remote.url, copy).check()


@pytest.fixture
def hanging(copy: Path, remote: Remote) -> Iterator[Store]:
    """A server with a clone, whose remote takes connections and never answers any more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"git+http://127.0.0.1:{listener.getsockname()[1]}/munki.git"
        store = GitStore(GitLocation.parse(url), copy, RefreshPace(moment=0.5))
        seeded = opened_store(remote.url, copy)
        assert seeded.names("manifests")
        [theirs] = copy.glob("*/repo.git")
        ours = Path(store._copy.repository)  # noqa: SLF001
        shutil.copytree(theirs, ours)
        yield store


def test_a_remote_that_hangs_holds_readers_up_for_a_moment_and_once(hanging: Store) -> None:
    began = time.monotonic()
    for _ in range(50):
        assert hanging.read("manifests/site_default")

    assert time.monotonic() - began < 12  # half of what a moment for each would take


def test_no_password_is_told_logged_or_kept(copy: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    store = opened_store(f"git+http://robot:hunter2@127.0.0.1:{port}/m.git", copy)

    with capture_logs() as logs, pytest.raises(RepoUnusable) as raised:
        store.check()

    assert "git ls-remote failed" in str(raised.value)
    eventually(lambda: logs)
    for text in (str(raised.value), str(logs), repr(raised.value)):
        assert "hunter2" not in text
        assert "cm9ib3Q6aHVudGVyMg" not in text
    for path in copy.rglob("*"):
        if path.is_file():
            assert b"hunter2" not in path.read_bytes()
