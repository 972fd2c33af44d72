"""A clone of a Munki repo that is not what it should be, and what it must not do."""

import fcntl
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Timer

import pytest

from provisioning.munki import ChangeNote
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.locations import store as opened_store
from provisioning.munki.storage import Store
from provisioning.munki.storage.git import GitLocation
from provisioning.munki.storage.git.clone import Clone
from provisioning.munki.storage.git.objects import Objects
from provisioning.munki.storage.git.publisher import FileChange, Publisher
from provisioning.munki.storage.git.session import STATE
from tests.fakes.git.remote import Remote, git
from tests.provisioning.munki.storage.conftest import watchful
from tests.support.fixtures.repo import MAC
from tests.support.soaking import first, in_soak, rows_in_soak
from tests.support.waiting import eventually

NAME = f"manifests/{MAC}"
WHY = ChangeNote("C02XG0FDJGH5 goes to london/design")


@pytest.fixture
def store(remote: Remote, copy: Path) -> Store:
    """A server that looks at the remote often, and has used its clone."""
    store = watchful(remote, copy)
    store.replace(NAME, b"one", over=None, note=WHY)
    assert store.names("manifests")
    return store


@pytest.fixture
def repository(copy: Path, store: Store) -> Path:
    """The clone's own folder."""
    [repository] = copy.glob("*/repo.git")
    return repository


def empty_all_objects(repository: Path) -> None:
    for path in (repository / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(b"")


def garble_all_objects(repository: Path) -> None:
    for path in (repository / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(bytes(byte ^ 0x55 for byte in path.read_bytes()))


def lose_the_file(repository: Path) -> None:
    oid = git(repository, "rev-parse", f"refs/rollcall/state:{NAME}").decode().strip()
    (repository / "objects" / oid[:2] / oid[2:]).unlink()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "emptied": empty_all_objects,
    "garbled": garble_all_objects,
    "a lost file": lose_the_file,
    "no objects": lambda repository: shutil.rmtree(repository / "objects"),
    "no refs": lambda repository: shutil.rmtree(repository / "refs"),
    "no head": lambda repository: (repository / "HEAD").unlink(),
    "half a ref": lambda repository: (repository / "refs/rollcall/state").write_text("9c82"),
    "gone": shutil.rmtree,
    "a bad config": lambda repository: (repository / "config").write_text("[half"),
}


@rows_in_soak("damage is damage: it is found by git", "emptied")
@pytest.mark.parametrize("damage", first(2, DAMAGES, "each is met by one of these looks"))
def test_a_damaged_clone_is_made_anew(
    remote: Remote, store: Store, repository: Path, damage: str
) -> None:
    DAMAGES[damage](repository)

    assert_made_anew(remote, store)


# One each that is met when a file is read, when the remote is looked at, and before either.
@pytest.mark.parametrize(
    "damage", ["no head", *in_soak("a server that runs meets the same", "garbled", "gone")]
)
def test_a_damaged_clone_is_made_anew_after_a_restart(
    remote: Remote, repository: Path, copy: Path, damage: str
) -> None:
    DAMAGES[damage](repository)

    assert_made_anew(remote, watchful(remote, copy))


def test_a_change_that_meets_a_damaged_clone_has_it_made_anew(remote: Remote, copy: Path) -> None:
    """It was whole a moment before, when the store looked at it."""
    opened_store(remote.url, copy).replace(NAME, b"one", over=None, note=WHY)
    clone = Clone(copy, GitLocation.parse(remote.url))
    DAMAGES["half a ref"](Path(clone.repository))

    publisher = Publisher(clone, Objects(clone.environment))
    publisher.publish(FileChange("manifests/C02AFTER", b"two", None, WHY))

    assert remote.read("manifests/C02AFTER") == b"two"
    assert remote.read(NAME) == b"one"


def assert_made_anew(remote: Remote, store: Store) -> None:
    """Write something, and see that it and all that was there before is at the remote."""
    eventually(lambda: written(store, "manifests/C02AFTER"))

    found = store.read(NAME)
    assert found is not None
    assert found.content == b"one"
    assert remote.read(NAME) == b"one"
    assert remote.read("manifests/C02AFTER") == b"two"
    assert git(remote.path, "fsck", "--strict") == b""


def test_a_reader_of_objects_that_was_killed_or_closed_is_started_anew(
    store: Store, copy: Path, remote: Remote, tmp_path: Path
) -> None:
    """Whoever reads hears nothing of it, and the clone stays as it is."""
    clone = Clone(copy, GitLocation.parse(remote.url))
    real, program = clone.environment["PATH"], tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(  # which ends at once, the first time
        f'#!/bin/sh\necho >>"$0.starts"\nmkdir "$0.ended" && exit\nPATH="{real}" exec git "$@"\n'
    )
    program.chmod(0o755)
    objects = Objects({**clone.environment, "PATH": f"{program.parent}:{real}"})

    for starts in (2, 3):
        for _ in "ab":
            assert objects.contents(f"{STATE}:{NAME}") == b"one"
        assert program.with_name("git.starts").read_text() == "\n" * starts
        objects.close()


def test_a_clone_that_is_gone_is_missed_by_nobody(remote: Remote, copy: Path) -> None:
    """However short a time ago the remote was looked at."""
    store = opened_store(remote.url, copy)
    assert store.names("manifests")
    [repository] = copy.glob("*/repo.git")
    shutil.rmtree(repository)

    assert store.read("manifests/site_default")


def written(store: Store, name: str) -> bool:
    """True where the file could be written; False while the clone is made: Macs ask again then."""
    try:
        found = store.read(name)
        store.replace(name, b"two", over=found, note=WHY)
    except RepoUnusable:
        return False
    return True


def test_what_a_killed_git_left_is_in_nobodys_way(
    remote: Remote, store: Store, repository: Path
) -> None:
    for name in ("refs/rollcall/state", "refs/rollcall/outgoing", "shallow", "config", "HEAD"):
        (repository / f"{name}.lock").touch()
    for name in ("fresh.git", "old.git"):
        (repository.parent / name / "objects").mkdir(parents=True)

    store.replace(NAME, b"two", over=store.read(NAME), note=WHY)
    remote.edit({"manifests/site_default": b"new"})
    eventually(lambda: (found := store.read("manifests/site_default")) and found.content == b"new")


def test_a_clone_that_a_crash_put_aside_is_not_in_the_way_of_a_new_one(
    remote: Remote, store: Store, repository: Path
) -> None:
    old, fresh = repository.parent / "old.git", repository.parent / "fresh.git"
    (old / "objects").mkdir(parents=True)
    fresh.mkdir()
    (fresh / "shallow.lock").touch()  # of the git that made it
    shutil.rmtree(repository / "objects")

    eventually(lambda: written(store, NAME))

    assert remote.read(NAME) == b"two"
    assert not old.exists()


def test_a_git_that_outlives_its_server_keeps_the_clone(
    remote: Remote, store: Store, copy: Path, tmp_path: Path
) -> None:
    """Its lock files are not taken for a dead one's, and what it pushes is not lost."""
    pushing, let = tmp_path / "pushing", tmp_path / "let"
    remote.hook("pre-receive", f"touch '{pushing}'; until [ -e '{let}' ]; do sleep 0.05; done")
    [lock] = copy.glob("*/lock")
    server = os.fork()
    if server == 0:
        try:
            orphan = opened_store(remote.url, copy)
            orphan.replace("manifests/C02ORPHAN", b"orphan", over=None, note=ChangeNote("orphan"))
        finally:
            os._exit(1)
    eventually(pushing.exists)
    os.kill(server, signal.SIGKILL)
    os.waitpid(server, 0)
    try:
        with lock.open() as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        Timer(0.5, let.touch).start()
    store.replace(NAME, b"two", over=store.read(NAME), note=WHY)

    assert remote.log()[:2] == [WHY.sentence, "orphan"]


def test_nothing_in_the_clone_is_run(remote: Remote, store: Store, repository: Path) -> None:
    trap = repository.parent / "trapped"
    script = f"#!/bin/sh\ntouch '{trap}'\n"
    (repository / "hooks").mkdir()
    for name in ("pre-push", "reference-transaction", "post-update", "pre-auto-gc"):
        (repository / "hooks" / name).write_text(script)
        (repository / "hooks" / name).chmod(0o755)
    (repository / "program").write_text(script)
    (repository / "program").chmod(0o755)
    for key in ("core.fsmonitor", "core.sshCommand", "core.askPass", "gpg.program"):
        git(repository, "config", key, f"{repository}/program")

    store.replace(NAME, b"two", over=store.read(NAME), note=WHY)
    remote.edit({NAME: b"three"})
    eventually(lambda: (found := store.read(NAME)) and found.content == b"three")

    assert not trap.exists()
