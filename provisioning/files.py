"""Files that are replaced as a whole or not at all, and locks between processes."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from provisioning.errors import RollcallError
from provisioning.turns import Turns

Condition = Callable[[os.stat_result | None], None]


@contextmanager
def exclusive(lock: str) -> Iterator[None]:
    """Hold `lock` (a file, made where missing) against all other threads and processes.

    flock queues its waiters in the kernel and lets go when the holder dies.
    """
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class Folder:
    """A folder whose files are replaced as a whole or not at all."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._syncs: Turns[None] = Turns(self._syncing)

    def replace(self, name: str, content: bytes, *, unless: Condition = lambda _: None) -> None:
        """Make the file `name` hold `content`, durably. Raises OSError.

        `unless` is shown the file that is about to be replaced, None for none, and may raise:
        then nothing changes. A reader sees the old bytes or the new ones; the file keeps its
        mode. The caller holds a lock for this name, so the dot-file beside it has one name: what
        a crash leaves of it is overwritten by the next call.
        """
        path, fresh = f"{self.path}/{name}", f"{self.path}/.{name}.rollcall"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        try:
            _write(descriptor, content)
            os.fsync(descriptor)
            present = _state(path)  # so late because others, who hold no lock, write here too
            unless(present)
            _take_mode(descriptor, present)
        except RollcallError:
            os.unlink(fresh)
            raise
        finally:
            os.close(descriptor)
        os.rename(fresh, path)
        self._syncs.take(lambda _: None)

    def remove(self, name: str, *, unless: Condition = lambda _: None) -> None:
        """Remove the file `name`, durably; `unless` as for `replace`. Raises OSError."""
        path = f"{self.path}/{name}"
        unless(_state(path))
        os.unlink(path)
        self._syncs.take(lambda _: None)

    @contextmanager
    def _syncing(self) -> Iterator[None]:
        """Make renames survive a power cut: all that were done before this turn began."""
        yield
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def _state(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _take_mode(descriptor: int, present: os.stat_result | None) -> None:
    """Give a new file the mode of the one that it replaces."""
    if present is not None and present.st_mode != os.fstat(descriptor).st_mode:
        os.fchmod(descriptor, present.st_mode & 0o7777)
        os.fsync(descriptor)
