"""Work-arounds for SMB and NFS mounts, which answer otherwise than a local disk does."""

import errno
import fcntl
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from infrastructure.retry import retry

Value = TypeVar("Value")

ABANDONED = 30.0  # seconds after which a file that says who holds something is not believed
PAUSES = (0.05, 0.1, 0.2, 0.4)  # seconds until a client may have closed the file
# SMB lets nobody replace a file that a client has open. It was made in the same folder a moment
# ago, so EACCES is hardly about rights.
_OPEN_ELSEWHERE = frozenset({errno.EACCES, errno.EBUSY, errno.EEXIST, errno.ETXTBSY})
_UNKNOWN = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
_NO_LOCKS = _UNKNOWN | {errno.ENOLCK}


class System:
    """The operating system's calls that mounts answer with errors of their own. Raise OSError."""

    def open(self, path: str, flags: int) -> int:
        """Open a file, or make it for everybody whom the umask allows."""
        return os.open(path, flags | os.O_CLOEXEC, 0o666)

    def stat(self, path: str) -> os.stat_result:
        """Look at a file."""
        return os.stat(path)

    def rename(self, source: str, target: str) -> None:
        """Put a file in the place of another."""
        os.rename(source, target)

    def fsync(self, descriptor: int) -> None:
        """Wait until what was written is on the disk."""
        os.fsync(descriptor)

    def flock(self, descriptor: int) -> None:
        """Wait until nobody else has locked the file, and lock it until it is closed."""
        fcntl.flock(descriptor, fcntl.LOCK_EX)


SYSTEM = System()


def again_if_stale(work: Callable[[], Value]) -> Value:
    """Return what `work` returns, done anew where what it had opened was replaced on the server."""
    try:
        return work()
    except OSError as error:
        if error.errno != errno.ESTALE:
            raise
    return work()


def rename(source: str, target: str, system: System) -> None:
    """Put a file in the place of another, within a second of its being open elsewhere."""
    retry(
        lambda: system.rename(source, target),
        OSError,
        when=lambda error: error.errno in _OPEN_ELSEWHERE,
        pauses=PAUSES,
    )


def sync_folder(path: str, system: System) -> None:
    """Have renames in a folder survive a power cut, as far as the mount knows how to."""
    descriptor = system.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        system.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNKNOWN:
            raise
    finally:
        os.close(descriptor)


@contextmanager
def locked(lock: str, system: System, abandoned: float = ABANDONED) -> Iterator[int]:
    """Hold `lock` (a file, made where missing) against all other threads and processes.

    flock queues its waiters in the kernel and lets go when the holder dies, and all to whom it
    passed on the descriptor that this yields. Where the mount knows no flock, whoever makes the
    file `lock`.held has it, and has it for `abandoned` seconds after its death.
    """
    descriptor = system.open(lock, os.O_RDWR | os.O_CREAT)
    try:
        try:
            system.flock(descriptor)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            with _made(f"{lock}.held", system, abandoned):
                yield descriptor
        else:
            yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _made(held: str, system: System, abandoned: float) -> Iterator[None]:
    """Hold `held` by having made it, which even old mounts let only one do.

    It says who, for people. Who dies leaves it: it is taken away once it has said the same for
    `abandoned` seconds by the clock of whoever waits; other computers' clocks do not matter.
    """
    mine = f"{socket.gethostname()} {os.getpid()} {threading.get_ident()} {time.time_ns()}\n"
    said, since = "", time.monotonic()
    while not _make(held, mine, system):
        says = _read(held, system)
        if says != said:
            said, since = says, time.monotonic()
        elif time.monotonic() - since > abandoned:
            _take_away(held, said, system)
        time.sleep(random.uniform(0.005, 0.025))  # noqa: S311 - so that nobody is always late
    try:
        yield
    finally:
        _take_away(held, mine, system)


def _make(held: str, mine: str, system: System) -> bool:
    try:
        descriptor = system.open(held, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    except FileExistsError:
        return False
    try:
        os.write(descriptor, mine.encode())
    finally:
        os.close(descriptor)
    return True


def _read(held: str, system: System) -> str:
    """The text of the holder; opened, because NFS remembers the times of files for a minute."""
    with suppress(FileNotFoundError), open(held, opener=system.open) as file:
        return file.read()
    return ""


def _take_away(held: str, said: str, system: System) -> None:
    """Remove the file, unless it says by now that somebody else holds it."""
    with suppress(FileNotFoundError):
        if _read(held, system) == said:
            os.unlink(held)
