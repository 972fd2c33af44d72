"""The processes that have an SQLite database open, listed in a lock file beside it: `….open`.

Each of them has a shared lock (flock) on the file, and a line in it with its role, host and number.
So a restore can be sure that it is alone, also where other processes run in containers, and can
name these. A line in a file without a lock is of a process that was killed: the database was not
closed. Another line of each process has the numbers (inodes) of the database's file and of the lock
file: while another database has that name, nothing is written, and none is opened, because the log
beside it is of the first one. Where both numbers are others, the whole folder was copied.
"""

import fcntl
import os
import socket
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from threading import Lock

from infrastructure.database.sqlite import sqlite_files
from infrastructure.errors import RollcallError
from infrastructure.filesystem import owners
from infrastructure.text import minute

RESTORE = "restore"  # the role of a process that needs the database for itself
DOUBTFUL = "doubtful"  # the line of a database that was not closed, until it was found to be sound
PAUSE = 0.05  # seconds between looks at a lock that another process holds for some seconds
TABS = 3  # in a line: role, host, process, since
FILE = "file"  # the first word of a line with the numbers of the two files


class DatabaseInUse(RollcallError):
    """A database that others have open, so that it cannot be restored.

    `otherwise` is a sentence for those who have stopped them already.
    """

    def __init__(self, occupants: Sequence[str], otherwise: str = "") -> None:
        super().__init__(
            f"The database is in use by: {', '.join(occupants) or 'a process that ends'}. Stop all "
            f"of Rollcall first, as docs/how-to/backup.md says; nothing was changed.{otherwise}"
        )


class BeingRestored(RollcallError):
    """A database that is being restored."""

    def __init__(self) -> None:
        super().__init__("The database is being restored at this moment: try again after that.")


class Occupants:
    """The lock file of the database at `path`, as the process `role` sees it."""

    def __init__(self, path: str, role: str) -> None:
        self._name = path  # which may be a link, to another file later
        self._path = os.path.realpath(path)  # two names of one file are one database
        self._file = f"{self._path}.open"
        self._role = role
        self._line = 0, b""  # where in the file, and what
        self._descriptor: int | None = None
        self._number: int | None = None  # of the file that this process opened
        self._gate = Lock()

    def enter(self) -> None:
        """Add this process, until `leave`; examine the database first where a process was killed.

        Raises DatabaseDamaged, BeingRestored and OSError, and sqlite3.OperationalError where others
        have another file open; then this process is not added.
        """
        with self._gate:
            if self._descriptor is not None:
                return
            descriptor = self._opened()
            try:
                if _locked(descriptor, fcntl.LOCK_EX):
                    self._examine(descriptor)
                self._share(descriptor)
            except BaseException:  # else its lock would be held forever
                os.close(descriptor)
                raise
            self._descriptor = descriptor

    def check_file(self) -> None:
        """Raise sqlite3.OperationalError unless the database's file is the one that was opened.

        What is written to a file that was replaced or removed would be lost with the last process.
        """
        if self._number is not None and self._number != _number(self._name):
            raise _exchanged(self._name)

    def leave(self) -> None:
        """Remove this process; the last one writes the WAL back, so that one file holds all.

        All its connections are closed by now. A process that did not enter calls this, too, because
        processes that it started may have been killed.
        """
        with self._gate:
            descriptor, self._descriptor, self._number = self._descriptor, None, None
            if descriptor is None and os.path.exists(self._file):
                with suppress(OSError):  # of another user: who may not open it left nothing behind
                    descriptor = self._opened()
            if descriptor is None:
                return
            try:
                self._take_back_line(descriptor)
                # What cannot be written back now is examined by the next process.
                with suppress(sqlite3.Error, sqlite_files.DatabaseDamaged):
                    if _locked(descriptor, fcntl.LOCK_EX):
                        self._tidy(descriptor)
            finally:
                os.close(descriptor)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """A context in which no other process has the database open. Raises DatabaseInUse.

        Yields True where the log beside the database's file is of another one.
        """
        descriptor = self._opened()
        try:
            if not _locked(descriptor, fcntl.LOCK_EX):
                raise DatabaseInUse(self._named(descriptor))
            was_closed = os.fstat(descriptor).st_size == 0
            is_exchanged = self._is_exchanged(descriptor)
            _write_line(descriptor, self._role)
            try:
                yield is_exchanged
            except BaseException:  # also after a signal the mark is as before
                if was_closed:  # else the next process has to examine it, as before
                    os.ftruncate(descriptor, 0)
                raise
            os.ftruncate(descriptor, 0)
        finally:
            os.close(descriptor)

    def _opened(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        return owners.opened(self._file, flags, sqlite_files.PRIVATE)

    def _examine(self, descriptor: int) -> None:
        """Examine a database that was not closed; a damaged one stays marked for others."""
        was_closed = os.fstat(descriptor).st_size == 0 and not sqlite_files.has_wal(self._path)
        if self._is_exchanged(descriptor) and sqlite_files.has_wal(self._path):
            raise _exchanged(self._name)
        os.ftruncate(descriptor, 0)
        if not was_closed:
            _write_line(descriptor, DOUBTFUL)
            sqlite_files.examine(self._path)
            os.ftruncate(descriptor, 0)

    def _tidy(self, descriptor: int) -> None:
        if DOUBTFUL in _roles(descriptor) or self._is_exchanged(descriptor):
            return  # what is damaged stays as it is, and no log is written into another file
        if sqlite_files.has_wal(self._path):
            sqlite_files.write_back(self._path)
        os.ftruncate(descriptor, 0)

    def _share(self, descriptor: int) -> None:
        while not _locked(descriptor, fcntl.LOCK_SH):
            if RESTORE in _roles(descriptor):
                raise BeingRestored
            time.sleep(PAUSE)  # another process examines the database, or leaves it
        if self._is_exchanged(descriptor):
            raise _exchanged(self._name)
        self._line = _write_line(descriptor, self._role)
        number = _number(self._name)
        numbers = f"{FILE}\t{number}\t{os.fstat(descriptor).st_ino}\n"
        if numbers not in _text(descriptor):
            os.write(descriptor, numbers.encode())
        self._number = number  # last: where the disk is full, the process is not added

    def _is_exchanged(self, descriptor: int) -> bool:
        """True if another file is there than the one that a process has, or had, open."""
        number, lock = str(_number(self._name)), str(os.fstat(descriptor).st_ino)
        lines = [line.split("\t") for line in _text(descriptor).splitlines()]
        return any(line[0] == FILE and line[1] != number and line[2:] == [lock] for line in lines)

    def _take_back_line(self, descriptor: int) -> None:
        (offset, line), self._line = self._line, (0, b"")
        if line:
            fcntl.fcntl(descriptor, fcntl.F_SETFL, 0)  # no longer to append
            os.pwrite(descriptor, b" " * (len(line) - 1) + b"\n", offset)

    def _named(self, descriptor: int) -> list[str]:
        """The processes with a line, each once, without those of this computer that are gone."""
        names = {}
        for line in _lines(descriptor):
            role, host, pid, since = line.split("\t")
            if host != socket.gethostname() or _lives(pid):
                names[role, host] = f"{role} on {host} (since {since})"
        return list(names.values())


def _write_line(descriptor: int, role: str) -> tuple[int, bytes]:
    """Add a line for this process. Returns its offset in the file, and the line."""
    since = minute(datetime.now(UTC))
    line = f"{role}\t{socket.gethostname()}\t{os.getpid()}\t{since}\n".encode()
    os.write(descriptor, line)
    return os.lseek(descriptor, 0, os.SEEK_CUR) - len(line), line


def _roles(descriptor: int) -> set[str]:
    return {line.partition("\t")[0] for line in _lines(descriptor)}


def _lines(descriptor: int) -> list[str]:
    return [line for line in _text(descriptor).splitlines() if line.count("\t") == TABS]


def _text(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size  # what commands of months have left between two processes
    return os.pread(descriptor, size, 0).decode(errors="replace")


def _number(path: str) -> int:
    """The number of the file that has this name now; 0 where there is none.

    Raises sqlite3.OperationalError where that cannot be seen.
    """
    try:
        return os.stat(path).st_ino
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise sqlite_files.of_system(error) from None


def _locked(descriptor: int, mode: int) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def _exchanged(path: str) -> sqlite3.OperationalError:
    return sqlite3.OperationalError(
        f"{path} is not the file that Rollcall opened: it was replaced or removed meanwhile, and "
        "nothing is written. Put it back, or stop all of Rollcall and `boot.sh restore FILE "
        "--replace`; docs/how-to/backup.md has other ways"
    )
