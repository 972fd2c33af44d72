"""Locks between threads and processes, by a file each, or by names that share a few files."""

import errno
import os
import random
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from queue import Empty, SimpleQueue

from infrastructure.execution.patience import Patience, WaitedTooLong
from infrastructure.filesystem import owners
from infrastructure.filesystem.mounts import SYSTEM, UNSUPPORTED, System

STRIPES = 64  # so that different Macs seldom wait for each other
ABANDONED = 30.0  # seconds after which the lock file of a dead holder is removed
_NO_LOCKS = UNSUPPORTED | {errno.ENOLCK}
# Locks for which a thread waits whose caller has given up: one of each is enough, however many ask
# while its holder stands still.
_LATE: set[str] = set()
_ENDING = threading.Lock()
# The holders of locks on mounts without flock, and since when they are seen: no thread waits for so
# long that it sees alone which of them are dead.
_HOLDERS: dict[str, tuple[str | None, float]] = {}


def stripe(name: str) -> int:
    """Return the lock of `name`, in any case."""
    return zlib.crc32(name.upper().encode()) % STRIPES


@contextmanager
def named_lock(
    folder: str, name: str, system: System = SYSTEM, patience: Patience | None = None
) -> Iterator[None]:
    """Lock `name`, in any case, against all callers with the same `folder`; as `exclusive`.

    Raises OSError.
    """
    number = stripe(name)
    with suppress(FileExistsError):
        owners.make_folder(folder)  # not what is above: the repo may just not be mounted
    with exclusive(f"{folder}/{number:02}", system, patience):
        yield


@contextmanager
def exclusive(
    lock: str,
    system: System = SYSTEM,
    patience: Patience | None = None,
    abandoned: float = ABANDONED,
) -> Iterator[int]:
    """Lock the file `lock` (made where missing) against all other threads and processes.

    flock queues waiters in the kernel, and ends with the last process that has the descriptor that
    this yields. On a mount without flock, the lock is a file `lock`.held, which stays for
    `abandoned` seconds after the death of the process that made it. Without `patience` the wait
    has no limit; with it, a wait that is too long raises OSError (EAGAIN).
    """
    descriptor = system.open(lock, os.O_RDWR | os.O_CREAT)
    try:
        try:
            _wait(descriptor, lock, system, patience)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            with _made(f"{lock}.held", system, abandoned, patience):
                yield descriptor
        else:
            yield descriptor
    finally:
        os.close(descriptor)


def _wait(descriptor: int, lock: str, system: System, patience: Patience | None) -> None:
    if patience is None:
        system.flock(descriptor)
        return
    with suppress(BlockingIOError):
        system.flock(descriptor, waits=False)
        return
    with _giving_up(lock):
        if lock in _LATE:
            patience.wait(partial(_try, descriptor, system))
        else:
            _wait_in_queue(descriptor, lock, system, patience)
    patience.note_answer()


def _wait_in_queue(descriptor: int, lock: str, system: System, patience: Patience) -> None:
    """Wait in the kernel's queue, in a thread, because that wait has no limit of time.

    A waiter that polls instead would come last for as long as others write. The thread has a
    descriptor of its own for the lock, and closes it when it is too late.
    """
    outcome: SimpleQueue[OSError | None] = SimpleQueue()
    arguments = os.dup(descriptor), lock, system, outcome
    threading.Thread(target=_queue, args=arguments, name="lock", daemon=True).start()
    faults: list[OSError | None] = []

    def look(seconds: float) -> bool:
        with suppress(Empty):
            faults.append(outcome.get(timeout=seconds))
        return bool(faults)

    try:
        patience.wait(look)
    except WaitedTooLong:
        with _ENDING:
            if outcome.empty():
                _LATE.add(lock)
        raise
    if faults[0] is not None:
        raise faults[0]


def _try(descriptor: int, system: System, seconds: float) -> bool:
    time.sleep(seconds)
    with suppress(BlockingIOError):
        system.flock(descriptor, waits=False)
        return True
    return False


@contextmanager
def _giving_up(lock: str) -> Iterator[None]:
    try:
        yield
    except WaitedTooLong as error:
        reason = f"another process has not let go of it: {error}"
        raise OSError(errno.EAGAIN, reason, lock) from None


def _queue(
    descriptor: int, lock: str, system: System, outcome: "SimpleQueue[OSError | None]"
) -> None:
    """Lock a file, put the error of that or None into `outcome`, and close the descriptor."""
    fault = None
    try:
        system.flock(descriptor)
    except OSError as error:
        fault = error
    with _ENDING:
        outcome.put(fault)
        _LATE.discard(lock)
    os.close(descriptor)


@contextmanager
def _made(
    lock_file: str, system: System, abandoned: float, patience: Patience | None
) -> Iterator[None]:
    """Make the file `lock_file`, which even on old mounts only one process can do, and remove it.

    Its text names the holder, for people. A dead holder leaves it: it is removed once its text has
    stayed the same for `abandoned` seconds of the waiting process's own clock, in which one of its
    threads may come after the other.
    """
    mine = f"{socket.gethostname()} {os.getpid()} {threading.get_ident()} {time.time_ns()}\n"
    began = time.monotonic()

    def make(_: float = 0) -> bool:
        if _make(lock_file, mine, system):
            _HOLDERS.pop(lock_file, None)
            return True
        holder = _read(lock_file, system)
        if time.monotonic() - _seen_since(lock_file, holder, began) > abandoned:
            _take_away(lock_file, holder, system)
        time.sleep(random.uniform(0.005, 0.025))  # noqa: S311 - so that no process is always late
        return False

    if patience is None:
        while not make():
            pass
    elif not make():
        with _giving_up(lock_file):
            patience.wait(make)
        patience.note_answer()
    try:
        yield
    finally:
        _take_away(lock_file, mine, system)


def _seen_since(lock_file: str, holder: str, began: float) -> float:
    """Return since when a lock has the same holder; one without a text, since the wait `began`.

    Each holder is without a text for a moment, and two such moments cannot be told apart.
    """
    known, since = _HOLDERS.get(lock_file, (None, 0.0))
    if known != holder or (not holder and since < began):
        since = time.monotonic()
        _HOLDERS[lock_file] = holder, since
    return since


def _make(lock_file: str, mine: str, system: System) -> bool:
    try:
        descriptor = system.open(lock_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    except FileExistsError:
        return False
    try:
        os.write(descriptor, mine.encode())
    finally:
        os.close(descriptor)
    return True


def _read(lock_file: str, system: System) -> str:
    """The text of the holder; opened, because NFS remembers the times of files for a minute."""
    with suppress(FileNotFoundError), open(lock_file, opener=system.open) as file:
        return file.read()
    return ""


def _take_away(lock_file: str, holder: str, system: System) -> None:
    """Remove the file, unless its text names another holder by now."""
    with suppress(FileNotFoundError):
        if _read(lock_file, system) == holder:
            os.unlink(lock_file)
