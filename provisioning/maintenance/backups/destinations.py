"""The file of a backup: it gets its name only once it is complete."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from infrastructure.errors import RollcallError
from infrastructure.filesystem import mounts
from infrastructure.filesystem.mounts import SYSTEM
from provisioning.maintenance.backups.archives import Archive, UnusableBackup

MODE = 0o600  # names, serials and notes of people are in it


class UnusableFile(RollcallError):
    """A file that a backup cannot be written to."""


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """Yield the descriptor of a new file, which is renamed to `path` at the end.

    It replaces a backup; for any other file it raises UnusableFile. Where it fails, or the process
    is killed, the former file stays. Raises OSError.
    """
    path = path.resolve()
    _refuse_others(path)
    new_path = path.with_name(f".{path.name}.part")
    descriptor = _held(new_path)
    try:
        try:
            yield descriptor
        except BaseException:
            with suppress(OSError):
                new_path.unlink()
            raise
        mounts.rename(str(new_path), str(path), SYSTEM)
        mounts.sync_folder(str(path.parent), SYSTEM)
    finally:
        os.close(descriptor)


def _refuse_others(path: Path) -> None:
    if not path.exists():
        return
    if not path.is_file():
        raise UnusableFile(f"{path} is no file: name a file, or - for the standard output.")
    try:
        with path.open("rb") as file:
            Archive(file)
    except UnusableBackup as error:
        raise UnusableFile(
            f"{path} is there already and is no backup: it was left alone. Name another file."
        ) from error


def _held(new_path: Path) -> int:
    """Open and lock a file for writing. It overwrites the rest of a backup that was killed."""
    descriptor = _opened(new_path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_ino != new_path.stat().st_ino:
            raise FileNotFoundError  # the other one was ready at this moment
        os.fchmod(descriptor, MODE)
        os.ftruncate(descriptor, 0)
    except (BlockingIOError, FileNotFoundError) as error:
        os.close(descriptor)
        raise UnusableFile(
            "Another backup is being written to that file at this moment."
        ) from error
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _opened(new_path: Path) -> int:
    if new_path.is_symlink() or (new_path.exists() and not new_path.is_file()):
        raise UnusableFile(f"{new_path} is in the way, and is no file: remove it.")
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        return os.open(new_path, flags, MODE)
    except OSError as error:
        raise UnusableFile(f"{new_path.parent} cannot be written: {error.strerror}.") from error
