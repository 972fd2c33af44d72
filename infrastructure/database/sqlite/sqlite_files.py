"""An SQLite database as its files: the main one, and beside it a write-ahead log (WAL) while it is
open. The log of one database must never meet the main file of another: SQLite would mix them. Free
pages are what deleted rows leave in it, which new rows use again.
"""

import errno
import os
import sqlite3
import stat
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from infrastructure.errors import RollcallError
from infrastructure.filesystem import mounts, owners
from infrastructure.filesystem.mounts import SYSTEM

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

INCREMENTAL = 2  # the value of auto_vacuum with which a file gives pages back on demand
STEP = 250  # pages of one transaction
PRIVATE = 0o600  # the mode of what is made here
SPARED = 0.1  # of all pages: these stay for new rows
BESIDE = ("-wal", "-shm", "-journal")  # what SQLite names after the main file
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class DatabaseDamaged(RollcallError):
    """An SQLite file that is damaged inside."""

    def __init__(self, path: str, fault: str) -> None:
        super().__init__(
            f"The database {path} is damaged ({fault.splitlines()[-1][:200]}); nothing in it was "
            "changed. Bring back a backup with `boot.sh restore FILE --replace`; what is there now "
            "is kept beside it."
        )
        self.found = fault


@dataclass(frozen=True, slots=True)
class FilePages:
    """The pages of an SQLite file, of `size` bytes each; it `can_shrink`, or was made too early."""

    total: int
    free: int
    size: int
    can_shrink: bool

    @classmethod
    def of(cls, session: "Session") -> "FilePages | None":
        """Return those of a database; None for one that is not SQLite's."""
        if session.get_bind().dialect.name != "sqlite":
            return None
        total, free, size, mode = (
            int(session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_count", "freelist_count", "page_size", "auto_vacuum")
        )
        return cls(total, free, size, mode == INCREMENTAL)

    @property
    def spare(self) -> int:
        """The free pages beyond those that stay for new rows."""
        return max(0, self.free - int(self.total * SPARED))


def give_back(session: "Session") -> int:
    """Give up to STEP free pages of an SQLite file back to the disk; returns their number."""
    pages = FilePages.of(session)
    if pages is None or not pages.can_shrink:
        return 0
    number = min(STEP, pages.spare)
    for _ in range(number):  # one by one: the driver ends after the first page, whatever is asked
        session.connection().exec_driver_sql("PRAGMA incremental_vacuum(1)")
    return number


def path_of(url: str) -> str | None:
    """The main file of the database at SQLAlchemy's `url`; None where that is not SQLite's."""
    driver, _, rest = url.partition("://")
    if driver.partition("+")[0] != "sqlite":
        return None
    return unquote(rest.partition("/")[2].partition("?")[0]) or None


def check_file(path: str) -> None:
    """Raise sqlite3.OperationalError for anything but a file: opening a pipe would wait."""
    with suppress(OSError):
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else "a pipe, a socket or a device"
            raise sqlite3.OperationalError(f"{path} is {kind}, not a file")


def make_private(path: str) -> None:
    """Make a file, unless it is there, that no other user may open.

    A user who can read the database has the keys in it, and one who can open its lock can hold it.
    SQLite gives its own files beside the main one the same mode. Raises nothing: the next program
    that opens the file reports the fault.
    """
    with suppress(OSError):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        os.close(owners.opened(path, flags, PRIVATE))


def explained(error: sqlite3.DatabaseError, path: str) -> sqlite3.DatabaseError:
    """Return an error of opening a database, with its file and the reason, where it has none."""
    code, folder = getattr(error, "sqlite_errorcode", 0), os.path.dirname(os.path.realpath(path))
    kind = code & 0xFF
    if kind not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOTADB):
        return error
    reason = f"user {os.geteuid()} has to be able to write it and in its folder"
    if kind == sqlite3.SQLITE_NOTADB:
        reason = "ROLLCALL_DATABASE_URL has to name one, or a file that is not there yet"
    elif not os.path.isdir(folder):
        reason = f"there is no folder {folder}"
    known = type(error)(f"{error} {path}: {reason}")
    known.sqlite_errorcode = code
    return known


def of_system(error: OSError) -> sqlite3.OperationalError:
    """Return an error of the system about a file beside a database as one of the database."""
    fix = ""
    if error.errno in (errno.EACCES, errno.EPERM):
        fix = f": user {os.geteuid()} has to be able to write there"
    place = f" ({error.filename})" if error.filename else ""  # none where it was being written
    return sqlite3.OperationalError(f"{error.strerror}{place}{fix}")


def examine(path: str) -> None:
    """Check the integrity of a database; reads only.

    Some seconds for a million registrations. Raises DatabaseDamaged.
    """
    try:
        with closing(opened_to_read(path)) as connection:
            fault = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        if not _says_damaged(error):
            raise
        fault = str(error)
    if fault != "ok":
        raise DatabaseDamaged(path, fault)


def opened_to_read(path: str) -> sqlite3.Connection:
    """Open an existing database; its files stay as they are, the WAL too."""
    return sqlite3.connect(f"file:{quote(str(Path(path).absolute()))}?mode=ro", uri=True)


def has_wal(path: str) -> bool:
    """True if there are changes that the main file does not have."""
    with suppress(FileNotFoundError):
        return os.stat(f"{os.path.realpath(path)}-wal").st_size > 0
    return False


def write_back(path: str) -> None:
    """Bring the WAL's changes into the main file of a database that no process has open.

    Raises DatabaseDamaged, and sqlite3.Error where it cannot be written.
    """
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError as error:
        if _says_damaged(error):
            raise DatabaseDamaged(path, str(error)) from error
        raise


def put_in_place(
    new_file: str, path: str, *, keep_as: str | None, has_other_wal: bool = False
) -> bool:
    """Replace the database file `path` by `new_file`, which is complete and has no WAL.

    No process has either open. A crash leaves the one or the other. The former file is kept as
    `keep_as` where the file system can do that; returns True then. Where it `has_other_wal`, of a
    file that it replaced, that is kept as `….former-wal`. Raises OSError, and sqlite3.Error where
    the former WAL can neither be written back nor put aside.
    """
    path = os.path.realpath(path)  # SQLite names its files after that
    if has_other_wal:
        with suppress(FileNotFoundError):
            mounts.rename(f"{path}-wal", f"{path}.former-wal", SYSTEM)
    present = _set_aside_wal(path, keep_as)
    kept = bool(present and keep_as and _keep(path, keep_as))
    _sync(new_file)
    if present:
        _take_owner(new_file, present)
    mounts.rename(new_file, path, SYSTEM)
    for end in BESIDE:  # a WAL without a change by now
        with suppress(FileNotFoundError):
            os.unlink(path + end)
    mounts.sync_folder(os.path.dirname(path), SYSTEM)
    return kept


def _set_aside_wal(path: str, keep_as: str | None) -> os.stat_result | None:
    """Empty the WAL; return the main file, None where there is none."""
    if not os.path.exists(path):
        return None
    try:
        write_back(path)
    except DatabaseDamaged:  # it is kept as it is, for a repair by hand
        for end in BESIDE:
            with suppress(FileNotFoundError):
                mounts.rename(path + end, f"{keep_as or path + '.damaged'}{end}", SYSTEM)
    return os.stat(path)


def _keep(path: str, keep_as: str) -> bool:
    with suppress(FileNotFoundError):
        os.unlink(keep_as)
    try:
        os.link(path, keep_as)
    except OSError:  # not every file system has links
        return False
    return True


def _take_owner(new_file: str, present: os.stat_result) -> None:
    """Give a file the mode and the owner of the one that it replaces."""
    os.chmod(new_file, present.st_mode & 0o7777)
    with suppress(PermissionError):
        os.chown(new_file, present.st_uid, present.st_gid)


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _says_damaged(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return (code & 0xFF) in _DAMAGED
