"""Files that are replaced as a whole or not at all."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from infrastructure.execution.batching import Batcher
from infrastructure.filesystem import mounts
from infrastructure.filesystem.mounts import SYSTEM, System

Condition = Callable[[os.stat_result | None], None]


class Folder:
    """A folder whose files are replaced as a whole or not at all.

    Threads that replace files at the same time share the sync of the folder.
    """

    def __init__(self, path: str, system: System = SYSTEM) -> None:
        self.path, self._system = path, system
        self._syncs: Batcher[None] = Batcher(self._syncing)

    def replace(self, name: str, content: bytes, *, unless: Condition = lambda _: None) -> None:
        """Make the file `name` hold `content`, durably. Raises OSError.

        `unless` is called with the file that is about to be replaced, or None, and may raise:
        then nothing changes. A reader sees the old bytes or the new ones. The file keeps its mode,
        and its owner, group and attributes as far as the system lets us. The caller holds a lock
        for this name, so the temporary dot-file has a fixed name, and one that a crash left is
        removed by the next call.
        """
        path, fresh = f"{self.path}/{name}", f"{self.path}/.{name}.rollcall"
        with self._syncs.coming():
            descriptor = self._made(fresh)
            try:
                self._fill(descriptor, content, path, unless)
                mounts.rename(fresh, path, self._system)
            except BaseException:
                with suppress(OSError):  # a disk that is full gets its room back
                    os.unlink(fresh)
                raise
            self._syncs.run(lambda _: None)

    def _made(self, fresh: str) -> int:
        """Make a new file, and open it for writing.

        A file of its name is removed and never opened: others may have put a link or a pipe there.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with suppress(FileExistsError):
            return self._system.open(fresh, flags)
        os.unlink(fresh)
        return self._system.open(fresh, flags)

    def _fill(self, descriptor: int, content: bytes, path: str, unless: Condition) -> None:
        try:
            _write(descriptor, content)
            self._system.fsync(descriptor)
            present = self._state(path)  # so late because others, who hold no lock, write here too
            unless(present)
            if present is not None and _take_over(descriptor, path, present):
                self._system.fsync(descriptor)
        finally:
            os.close(descriptor)

    def remove(self, name: str, *, unless: Condition = lambda _: None) -> None:
        """Remove the file `name`, durably; `unless` as for `replace`. Raises OSError."""
        path = f"{self.path}/{name}"
        unless(self._state(path))
        os.unlink(path)
        self._syncs.run(lambda _: None)

    def _state(self, path: str) -> os.stat_result | None:
        try:
            return self._system.stat(path)
        except FileNotFoundError:
            return None

    @contextmanager
    def _syncing(self) -> Iterator[None]:
        """Make renames survive a power cut: all that were done before this turn began."""
        yield
        mounts.sync_folder(self.path, self._system)


def _write(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def _take_over(descriptor: int, path: str, present: os.stat_result) -> bool:
    """Give a new file the owner, attributes and mode of the one that it replaces.

    True where something changed. What the system refuses is passed over: only root gives files
    away, and not every disk has attributes.
    """
    changes = [*_owners(descriptor, present), *_attributes(descriptor, path)]
    has_changed = [_is_done(change) for change in changes]
    if present.st_mode != os.fstat(descriptor).st_mode:  # an access list is a part of it
        os.fchmod(descriptor, present.st_mode & 0o7777)
        return True
    return any(has_changed)


def _owners(descriptor: int, present: os.stat_result) -> Iterator[Callable[[], None]]:
    """Yield calls that set the group and the owner of a file, each by itself."""
    fresh = os.fstat(descriptor)
    if fresh.st_gid != present.st_gid:
        yield partial(os.chown, descriptor, -1, present.st_gid)
    if fresh.st_uid != present.st_uid:
        yield partial(os.chown, descriptor, present.st_uid, -1)


def _attributes(descriptor: int, path: str) -> Iterator[Callable[[], None]]:
    """Yield calls that copy the extended attributes of a file, access lists among them.

    Others, such as the kernel's `security.ima`, are about the bytes and stay with them.
    """
    if sys.platform != "linux":
        return
    present, fresh = _attributes_of(path), _attributes_of(descriptor)
    if present is None or fresh is None:
        return
    for name in fresh.keys() - present.keys():  # made by a default access list of the folder
        yield partial(os.removexattr, descriptor, name)
    for name, content in present.items() - fresh.items():
        yield partial(os.setxattr, descriptor, name, content)


def _attributes_of(file: str | int) -> dict[str, bytes] | None:
    """The attributes that go along with a file's name; None where the disk cannot say them."""
    try:
        names = [name for name in os.listxattr(file) if name.startswith(("user.", "system."))]
        return {name: os.getxattr(file, name) for name in names}
    except OSError:
        return None


def _is_done(change: Callable[[], None]) -> bool:
    try:
        change()
    except OSError:
        return False
    return True
