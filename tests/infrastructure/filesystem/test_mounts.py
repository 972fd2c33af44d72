"""SMB and NFS mounts: what they answer otherwise than a disk, and what becomes of a manifest.

The errors that no disk of a test machine has are given by a system of the test's own.
"""

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infrastructure.execution.patience import Patience
from infrastructure.filesystem import locks
from infrastructure.filesystem.atomic import Folder
from provisioning.munki import MunkiRepo
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.storage import NOBODY, FolderStore
from tests.infrastructure.filesystem.mount import Mount
from tests.support.fixtures.repo import LONDON, MAC, Want, seen
from tests.support.installation import ROOT

NAME = f"manifests/{MAC}"
FOREVER = 1_000


def mounted(folder: Path, **faults: tuple[int, int]) -> MunkiRepo:
    """The repo on such a mount."""
    return MunkiRepo(FolderStore(folder, Mount(**faults)))


def assign(repo: MunkiRepo) -> None:
    """Write our Mac's manifest."""
    with repo.now().holding(MAC):
        repo.now().assign(MAC, LONDON)


def test_a_manifest_that_a_client_has_open_is_replaced_once_it_is_closed(repo_folder: Path) -> None:
    """SMB says so in several ways."""
    for number in (errno.EBUSY, errno.EACCES, errno.ETXTBSY, errno.EEXIST):
        (repo_folder / NAME).unlink(missing_ok=True)
        assign(mounted(repo_folder, rename=(number, 2)))
        assert (repo_folder / NAME).exists()


@pytest.mark.parametrize(
    ("number", "fix"),
    [
        (errno.EBUSY, "a client has it open"),
        (errno.EXDEV, "another share"),
        (errno.ENOSPC, "the disk is full"),
        (errno.EIO, "the disk or the mount fails"),
        (errno.EPERM, f"/{NAME}\\).*lsattr"),
    ],
)
def test_a_manifest_that_cannot_be_replaced_stays_and_nothing_is_left_beside_it(
    repo_folder: Path, number: int, fix: str
) -> None:
    (repo_folder / NAME).write_text("<plist><dict/></plist>")
    before = seen(repo_folder / "manifests")
    began = time.monotonic()

    with pytest.raises(RepoUnusable, match=fix):
        assign(mounted(repo_folder, rename=(number, FOREVER)))

    assert seen(repo_folder / "manifests") == before
    assert time.monotonic() - began < 30  # of minutes, if it tried for ever


def test_a_mount_that_cannot_sync_folders_will_do(repo_folder: Path) -> None:
    for number in (errno.EINVAL, errno.ENOTSUP):
        (repo_folder / NAME).unlink(missing_ok=True)
        assign(mounted(repo_folder, sync_folder=(number, FOREVER)))
        assert (repo_folder / NAME).exists()


@pytest.mark.parametrize("call", ["sync_file", "sync_folder"])
def test_what_may_not_be_on_the_disk_is_not_confirmed(repo_folder: Path, call: str) -> None:
    with pytest.raises(RepoUnusable, match="the disk or the mount fails") as raised:
        assign(mounted(repo_folder, **{call: (errno.EIO, 1)}))
    assert "None" not in str(raised.value), "such a call names no file"


def test_a_file_that_cannot_be_synced_is_not_put_in_place(repo_folder: Path) -> None:
    with pytest.raises(RepoUnusable):
        assign(mounted(repo_folder, sync_file=(errno.EINVAL, FOREVER)))

    assert not (repo_folder / NAME).exists()


@pytest.mark.parametrize("call", ["open", "stat", "rename", "sync_file", "sync_folder", "flock"])
def test_what_went_stale_is_opened_again(repo_folder: Path, call: str) -> None:
    """NFS says so once where a file or a folder was replaced on the server."""
    assign(mounted(repo_folder, **{call: (errno.ESTALE, 1)}))

    assert (repo_folder / NAME).exists()


@pytest.mark.parametrize("call", ["open", "stat", "rename", "flock"])
def test_a_mount_that_stays_stale_is_to_be_mounted_again(repo_folder: Path, call: str) -> None:
    with pytest.raises(RepoUnusable, match="mount it again"):
        assign(mounted(repo_folder, **{call: (errno.ESTALE, FOREVER)}))

    assert not (repo_folder / NAME).exists()


def test_a_file_that_cannot_be_looked_at_is_not_said_to_be_missing(repo_folder: Path) -> None:
    store = FolderStore(repo_folder, Mount(stat=(errno.EIO, 1)))

    with pytest.raises(RepoUnusable):
        store.exists("manifests/site_default")
    assert store.exists("manifests/site_default")
    assert not store.exists("manifests/" + "long" * 100)
    assert not store.exists("manifests/site_default/below")
    assert not store.exists("manifests/\0")


def test_a_mount_that_cannot_lock_is_written_to_by_one_at_a_time(repo_folder: Path) -> None:
    """One file says who is at it; nothing of it is left."""
    for number in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
        repo = mounted(repo_folder, flock=(number, FOREVER))
        inside = list[int]()

        def hold(repo: MunkiRepo = repo, inside: list[int] = inside) -> None:
            for _ in range(5):
                with repo.now().holding(MAC):
                    inside.append(1)
                    assert sum(inside) == 1
                    time.sleep(0.001)
                    inside.append(-1)

        threads = [threading.Thread(target=hold) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(inside) == 40

    assert not list(repo_folder.rglob("*.held"))


def test_what_another_process_holds_on_a_mount_without_locks_is_waited_for(
    tmp_path: Path, want: Want
) -> None:
    with elsewhere(tmp_path / "lock") as process:
        mount = Mount(flock=(errno.ENOLCK, FOREVER))
        other = want(lambda: locks.exclusive(str(tmp_path / "lock"), mount))
        assert other.waits()

        assert process.stdin
        process.stdin.close()

        assert other.has_it()


def test_what_a_dead_process_held_on_a_mount_without_locks_is_free_after_a_while(
    tmp_path: Path, want: Want
) -> None:
    with elsewhere(tmp_path / "lock") as process:
        process.kill()
        process.wait()
    assert str(process.pid) in (tmp_path / "lock.held").read_text()

    mount, began = Mount(flock=(errno.ENOLCK, FOREVER)), time.monotonic()
    other = want(lambda: locks.exclusive(str(tmp_path / "lock"), mount, abandoned=0.5))

    assert other.has_it()
    assert time.monotonic() - began > 0.5


def test_what_a_dead_process_held_is_free_though_no_call_waits_for_so_long(tmp_path: Path) -> None:
    with elsewhere(tmp_path / "lock") as process:
        process.kill()
        process.wait()
    mount, until = Mount(flock=(errno.ENOLCK, FOREVER)), time.monotonic() + 5
    given_up = 0

    while time.monotonic() < until:
        try:
            with locks.exclusive(
                str(tmp_path / "lock"), mount, abandoned=0.3, patience=Patience(0.1)
            ):
                break
        except BlockingIOError:
            given_up += 1

    assert given_up
    assert time.monotonic() < until


def test_what_nobody_holds_on_a_mount_without_locks_needs_no_place_to_wait(tmp_path: Path) -> None:
    patience = Patience(0.1, threading.Semaphore(0))
    patience.note_silence(patience.clock())  # another lock hangs, and takes all places

    with locks.exclusive(
        str(tmp_path / "lock"), Mount(flock=(errno.ENOLCK, FOREVER)), patience=patience
    ):
        assert (tmp_path / "lock.held").exists()


HOLD = """
import errno, sys
from infrastructure.filesystem import locks
from tests.infrastructure.filesystem.mount import Mount

with locks.exclusive(sys.argv[1], Mount(flock=(errno.ENOLCK, 1))):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def elsewhere(lock: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process of its own that holds the lock until its input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kB, where one may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)]
    if os.getuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("nothing may be mounted here")
    (disk / "manifests").mkdir()
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_is_full_gets_back_what_it_had_room_for(small_disk: Path) -> None:
    folder = Folder(str(small_disk))
    folder.replace("file", b"before")
    free = os.statvfs(small_disk).f_bfree

    with pytest.raises(OSError, match="No space left") as raised:
        folder.replace("file", b"x" * 100_000)

    assert raised.value.errno == errno.ENOSPC
    assert os.statvfs(small_disk).f_bfree == free
    assert (small_disk / "file").read_bytes() == b"before"


def test_a_mount_that_became_read_only_is_said_to_be(small_disk: Path) -> None:
    store = FolderStore(small_disk)
    store.replace(NAME, b"before", over=None, note=NOBODY)
    before = store.read(NAME)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    with pytest.raises(RepoUnusable, match="it is mounted read-only"):
        store.replace(NAME, b"after", over=before, note=NOBODY)

    assert store.read(NAME) == before


@pytest.mark.parametrize(
    ("call", "number", "fix"),
    [
        ("open", errno.EROFS, "it is mounted read-only"),
        ("sync_file", errno.ENOSPC, "the disk is full"),
        ("rename", errno.EIO, "look at the system's log"),
    ],
)
def test_a_mount_that_takes_no_manifest_fails_the_check_and_keeps_nothing_of_it(
    repo_folder: Path, call: str, number: int, fix: str
) -> None:
    repo = mounted(repo_folder, **{call: (number, FOREVER)})

    with pytest.raises(RepoUnusable, match=fix):
        repo.now().check()

    left = {path.name for path in (repo_folder / "manifests").iterdir()}
    assert not {name for name in left if "probe" in name}
