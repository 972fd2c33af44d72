"""Files that are replaced as a whole or not at all, and locks between processes."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager


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


def replace(path: str, content: bytes) -> None:
    """Make the file at `path` hold `content`, durably. Raises OSError.

    A reader sees the old bytes or the new ones; the file keeps its mode. The caller holds a lock
    for this path, so the dot-file beside it has one name: what a crash leaves of it is
    overwritten by the next call.
    """
    folder, name = os.path.split(path)
    fresh = os.path.join(folder, f".{name}.rollcall")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        _write(descriptor, content)
        if (mode := _mode(path)) is not None:
            os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.rename(fresh, path)
    _sync(folder)


def _write(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode & 0o7777
    except FileNotFoundError:
        return None


def _sync(folder: str) -> None:
    """Make a rename in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
