"""Files that are replaced as a whole or not at all, and locks between processes."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from provisioning.turns import Turns


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

    def replace(self, name: str, content: bytes) -> None:
        """Make the file `name` hold `content`, durably. Raises OSError.

        A reader sees the old bytes or the new ones; the file keeps its mode. The caller holds a
        lock for this name, so the dot-file beside it has one name: what a crash leaves of it is
        overwritten by the next call.
        """
        path, fresh = f"{self.path}/{name}", f"{self.path}/.{name}.rollcall"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        try:
            _write(descriptor, content)
            if (mode := _mode(path)) is not None:
                os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(fresh, path)
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


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode & 0o7777
    except FileNotFoundError:
        return None
