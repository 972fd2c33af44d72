"""Files that are replaced as a whole or not at all."""

import itertools
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from infrastructure.filesystem import atomic, mounts
from tests.support.installation import ROOT
from tests.support.waiting import eventually


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with something in it."""
    path = tmp_path / "file"
    path.write_bytes(b"before")
    return path


class Counting(mounts.System):
    """A system that notes what makes a replacement durable."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def rename(self, source: str, target: str) -> None:
        self.steps.append("rename")
        super().rename(source, target)

    def fsync(self, descriptor: int) -> None:
        self.steps.append("fsync")
        super().fsync(descriptor)


def replace(path: str, content: bytes) -> None:
    """Replace one file, as its folder does."""
    folder, name = path.rsplit("/", 1)
    atomic.Folder(folder).replace(name, content)


def replace_as(user: int, groups: Sequence[int], path: Path) -> None:
    """Replace a file as a user in these groups, in a process of its own."""
    child = os.fork()
    if child == 0:
        try:
            os.chdir(path.parent)  # what is above it may be the tester's alone
            os.setgroups(groups)
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            replace(f"./{path.name}", b"after")
        except BaseException:
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


def alone(path: Path) -> bool:
    """True where nothing lies beside a file."""
    return list(path.parent.iterdir()) == [path]


def test_a_file_is_replaced_and_nothing_else_is_left(file: Path) -> None:
    replace(str(file), b"after")

    assert file.read_bytes() == b"after"
    assert alone(file)


def test_whoever_reads_the_old_file_reads_it_to_its_end(file: Path) -> None:
    with file.open("rb", buffering=0) as reader:
        assert reader.read(3) == b"bef"
        replace(str(file), b"after")
        assert reader.read() == b"ore"


def test_a_new_file_has_the_mode_that_any_new_file_has(tmp_path: Path) -> None:
    (tmp_path / "any").touch()
    replace(str(tmp_path / "new"), b"new")

    assert (tmp_path / "new").read_bytes() == b"new"
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "any").stat().st_mode


@pytest.mark.parametrize("mode", [0o640, 0o600, 0o664, 0o444])
def test_a_file_keeps_its_mode(file: Path, mode: int) -> None:
    file.chmod(mode)
    replace(str(file), b"after")

    assert file.stat().st_mode & 0o7777 == mode


def test_a_file_keeps_its_attributes_and_gets_no_others(file: Path) -> None:
    os.setxattr(file, "user.origin", b"manifestutil")
    file.with_name(".file.rollcall").touch()
    os.setxattr(file.with_name(".file.rollcall"), "user.half", b"of a crash")

    replace(str(file), b"after")

    assert file.read_bytes() == b"after"
    assert {name: os.getxattr(file, name) for name in os.listxattr(file)} == {
        "user.origin": b"manifestutil"
    }


def test_what_a_file_takes_over_is_on_the_disk_before_it_is_in_its_place(file: Path) -> None:
    system, folder = Counting(), str(file.parent)
    atomic.Folder(folder, system).replace(file.name, b"after")
    assert system.steps == ["fsync", "rename", "fsync"]  # the file, its name, the folder

    system.steps.clear()
    os.setxattr(file, "user.origin", b"manifestutil")
    atomic.Folder(folder, system).replace(file.name, b"later")
    assert system.steps == ["fsync", "fsync", "rename", "fsync"]


def test_threads_that_replace_files_at_once_share_the_sync_of_the_folder(tmp_path: Path) -> None:
    meeting = Barrier(2)

    class Meeting(Counting):
        """A system in which no file gets its name before both are written."""

        def rename(self, source: str, target: str) -> None:
            meeting.wait(60)
            super().rename(source, target)

    system = Meeting()
    folder = atomic.Folder(str(tmp_path), system)

    def share() -> bool:
        """True where both shared one."""
        system.steps.clear()
        list(threads.map(folder.replace, ("one", "other"), (b"content", b"content")))
        return system.steps.count("fsync") == 3  # each file, and the folder

    with ThreadPoolExecutor(2) as threads:
        # Not each time: the wait is short, and a thread may be held up for longer.
        assert sum(share() for _ in range(20)) > 5


def test_a_file_keeps_its_access_list(file: Path) -> None:
    owner, user, group, mask, others = (
        (1, 6, -1),
        (2, 4, 1234),
        (4, 4, -1),
        (16, 4, -1),
        (32, 0, -1),
    )
    entries = (struct.pack("<HHi", *entry) for entry in (owner, user, group, mask, others))
    access_list = struct.pack("<I", 2) + b"".join(entries)
    try:
        os.setxattr(file, "system.posix_acl_access", access_list)
    except OSError:
        pytest.skip("this disk has no access lists")

    replace(str(file), b"after")

    assert os.getxattr(file, "system.posix_acl_access") == access_list
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_keeps_its_owner_and_group_where_root_writes(file: Path) -> None:
    os.chown(file, 1234, 2345)
    file.chmod(0o2664)
    replace(str(file), b"after")

    state = file.stat()
    assert (state.st_uid, state.st_gid, state.st_mode & 0o7777) == (1234, 2345, 0o2664)
    assert alone(file)


@pytest.mark.skipif(os.geteuid() != 0, reason="root makes the file of another user")
def test_a_user_who_may_not_give_files_away_keeps_what_they_may(file: Path) -> None:
    """As user 1000, who is in the file's group but is not its owner."""
    file.parent.chmod(0o777)
    os.chown(file, 1234, 2345)
    file.chmod(0o664)
    replace_as(1000, (2345,), file)

    state = file.stat()
    assert (state.st_uid, state.st_gid, state.st_mode & 0o7777) == (1000, 2345, 0o664)
    assert file.read_bytes() == b"after"

    os.chown(file, 1234, 3456)
    replace_as(1000, (), file)

    state = file.stat()
    assert (state.st_uid, state.st_gid, state.st_mode & 0o7777) == (1000, 1000, 0o664)


def test_a_disk_that_fills_up_leaves_the_file_as_it_was(file: Path) -> None:
    """In a process that may write 10 kB and no more to a file."""
    code = "import resource; from infrastructure.filesystem import atomic\n"
    code += "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
    code += f"atomic.Folder({str(file.parent)!r}).replace({file.name!r}, b'x' * 20_000)"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert "OSError: [Errno 27] File too large" in ended.stderr
    assert file.read_bytes() == b"before"

    replace(str(file), b"after")

    assert file.read_bytes() == b"after"
    assert alone(file)


def test_what_a_crash_left_behind_is_not_in_the_way(file: Path) -> None:
    file.with_name(".file.rollcall").write_bytes(b"half of something much longer")
    replace(str(file), b"after")

    assert file.read_bytes() == b"after"
    assert alone(file)


def test_where_nothing_can_be_written_the_operating_system_says_so(file: Path) -> None:
    with pytest.raises(NotADirectoryError):
        replace(f"{file}/inside", b"")
    with pytest.raises(FileNotFoundError):
        replace(f"{file}.d/inside", b"")
    with pytest.raises(IsADirectoryError):
        replace(str(file.parent), b"")


def test_a_reader_never_sees_half_a_file(file: Path) -> None:
    size = 300_000
    stop = threading.Event()
    seen: set[bytes] = set()
    turns = itertools.count()

    def read() -> None:
        while not stop.is_set():
            content = file.read_bytes()
            seen.add(content[:1] if content == content[:1] * size else content[:20])

    file.write_bytes(b"0" * size)

    def replace_once() -> bool:
        replace(str(file), b"%d" % (next(turns) % 10) * size)
        return len(seen) > 1

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(60):
            replace_once()
        eventually(replace_once)
    finally:
        stop.set()
        reader.join()

    assert seen <= {b"%d" % digit for digit in range(10)}


def test_what_others_put_in_the_place_of_the_new_file_is_removed_and_not_written_to(
    file: Path, tmp_path: Path
) -> None:
    """A link there led what is written to any file of ours, and a pipe was waited for."""
    fresh, ours = file.with_name(".file.rollcall"), tmp_path / "ours"
    ours.write_bytes(b"a database")
    for put in (fresh.symlink_to, fresh.hardlink_to, lambda _: os.mkfifo(fresh)):
        put(ours)
        replace(str(file), b"after")

        assert file.read_bytes() == b"after"
        assert not file.is_symlink()
        assert ours.read_bytes() == b"a database"
        file.write_bytes(b"before")
    fresh.mkdir()
    with pytest.raises(OSError, match=r"\.file\.rollcall"):
        replace(str(file), b"after")
    assert file.read_bytes() == b"before"
