"""Heartbeats in files, of the processes on one machine or in one container.

Nothing but the standard library is imported: a probe is started every few seconds.
"""

import fcntl
import json
import os
import re
import stat
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

PARTS = ("server", "bot", "relay", "jobs", "live")
# By their names until the last release: processes of that one may still run, or have died.
RENAMED = {"courier": "relay", "clerk": "jobs"}
_TITLES = {"jobs": "job runner", "live": "server of news"}
MAX_SILENCE = 75.0  # seconds after which a process without a heartbeat is taken to hang
CONNECTING = "connecting to Slack"  # the phrase of a bot that has only just been started


@dataclass(frozen=True, slots=True)
class Beat:
    """A heartbeat of a process.

    `part` is one of PARTS; `process` names it on all machines. `at` is in
    seconds of the machine's monotonic clock, which cannot be set; the next heartbeat comes within
    `patience` seconds. `doing` is a phrase for a slow action, or empty. `port`
    is where a server listens.
    """

    part: str
    process: str
    pid: int
    at: float
    patience: float = MAX_SILENCE
    doing: str = ""
    port: int | None = None

    def silence(self) -> float:
        """Seconds since this heartbeat."""
        return max(0.0, time.monotonic() - self.at)

    def is_late(self) -> bool:
        """Return True if the next heartbeat is overdue."""
        return self.silence() > self.patience


def present_name(part: str) -> str:
    """Return the name that a part has in this release."""
    return RENAMED.get(part, part)


def names_of(part: str) -> Collection[str]:
    """Return the names of a part: the present one, and the one that it had before."""
    return [part, *(old for old, new in RENAMED.items() if new == part)]


def title(part: str) -> str:
    """Return a part as a sentence calls it, without its article."""
    return _TITLES.get(part, part)


def folder_of(database_url: str, place: str = "/tmp") -> Path:  # noqa: S108 - Python's
    """Return the folder of the heartbeats of the installation with this database.

    It lies where temporary files do, so that it is gone with its container. What is in `place`, the
    usual one, stays there when that has no room any more: Python takes another one then.
    """
    address = re.sub(r"//.*@", "//", database_url)  # no password, not even as a part of a digest
    name = f"rollcall-{sha256(f'{Path.cwd()} {address}'.encode()).hexdigest()[:12]}"
    usual = Path(place, name)
    if os.access(usual, os.W_OK | os.X_OK):
        return usual
    try:
        parent = tempfile.gettempdir()
    except FileNotFoundError:  # nothing can be written anywhere, which is said when it is tried
        parent = "."
    return Path(parent, name)


class HeartbeatFile:
    """The file of one process, and a second one that it holds locked for as long as it lives.

    The lock distinguishes a process that hangs from a dead one, whose number may be given to
    another, in a container after every start. Raises OSError.
    """

    def __init__(self, folder: Path, part: str, process: str) -> None:
        make_private(folder)
        self._path = folder / f"{part}-{process.rpartition(':')[2]}-{os.getpid()}.json"
        self._lock = self._path.with_suffix(".lock")
        self._descriptor = _held(self._lock)

    def write(self, beat: Beat) -> None:
        """Replace the heartbeat in the file; on a disk without room, write over it.

        Probes would take every process for one that hangs otherwise, and have it started again.
        Raises OSError where there is no former one.
        """
        content = json.dumps(asdict(beat)).encode()
        fresh = self._path.with_suffix(".new")
        try:
            fresh.write_bytes(content)
            fresh.replace(self._path)
        except OSError:
            with suppress(OSError):
                fresh.unlink()
            if not self._path.exists():
                raise
            with self._path.open("r+b") as file:
                file.write(content.ljust(os.fstat(file.fileno()).st_size))

    def remove(self) -> None:
        """Remove both files, because the process ends on request."""
        self._path.unlink(missing_ok=True)
        self._lock.unlink(missing_ok=True)
        os.close(self._descriptor)


def make_private(folder: Path) -> None:
    """Make the folder, unless it is there.

    Raises OSError: a PermissionError where another user could write into it.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise PermissionError(f"{folder} is somebody else's; remove it")


def alive(folder: Path) -> Iterator[Beat]:
    """Yield the last heartbeat of every process that runs, or hangs."""
    for path, beat in _found(folder):
        if _is_held(path.with_suffix(".lock")):
            yield beat


def dead(folder: Path) -> Iterator[Beat]:
    """Yield the last heartbeat of every process that died."""
    for path, beat in _found(folder):
        if not _is_held(path.with_suffix(".lock")):
            yield beat


def remove_dead(folder: Path, part: str) -> None:
    """Remove the files of the dead processes of a part."""
    for path in (each for name in names_of(part) for each in folder.glob(f"{name}-*.lock")):
        with suppress(FileNotFoundError, BlockingIOError):
            _remove_dead_one(path)


def _remove_dead_one(lock: Path) -> None:
    """Remove a lock file and its heartbeat. Raises BlockingIOError where its process lives."""
    descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    try:
        # Held while it is removed: another process may be about to take it.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_at(lock, descriptor):
            lock.with_suffix(".json").unlink(missing_ok=True)
            lock.unlink()
    finally:
        os.close(descriptor)


def _found(folder: Path) -> Iterator[tuple[Path, Beat]]:
    for path in sorted(folder.glob("*.json")):
        with suppress(FileNotFoundError, ValueError, TypeError):  # it ended, or is no file of ours
            beat = Beat(**json.loads(path.read_bytes()))
            yield path, replace(beat, part=present_name(beat.part))


def _held(lock: Path) -> int:
    """Make a lock file and hold it; returns its descriptor."""
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_at(lock, descriptor):
            return descriptor
        os.close(descriptor)  # it was buried before it was held


def _is_at(path: Path, descriptor: int) -> bool:
    """Return True if an open file still has that name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _is_held(lock: Path) -> bool:
    try:
        descriptor = os.open(lock, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)
