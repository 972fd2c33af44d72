"""The interface of a store of a Munki repo's files.

Files are named by their path from the repo's root, such as `manifests/C02XG0FDJGH5`; names come
from `provisioning.munki`, which checks that none leaves the repo. Every method raises RepoUnusable
where the store cannot be used at this time.
"""

import errno
import os
import posixpath
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from infrastructure.errors import RollcallError
from provisioning.munki.errors import ManifestUnreadable, RepoUnusable
from provisioning.munki.storage.changes import Authorship, Changes

LARGEST = 4 * 1024 * 1024  # bytes; a Mac's manifest has a few hundred
LFS = b"version https://git-lfs.github.com/spec/"  # where a file's pointer to Git LFS begins
# Errors of the system, mostly about mounts, in words that tell an admin what to do.
_FIXES = {
    errno.ENOENT: "mount the repo, or make that folder",
    errno.ENOTDIR: "a file lies where a folder has to be; move it away",
    errno.EISDIR: "a folder lies where that file has to be; move it away",
    errno.ENXIO: "a socket or a pipe lies where that file has to be; remove it",
    errno.ELOOP: "links there lead to each other; mend them",
    errno.ESTALE: "the mount is stale; mount it again",
    errno.EXDEV: "it lies on another share than its folder; mount that share by itself",
    errno.EAGAIN: "`fuser` or the mount's server says which process; end it",
    errno.EBUSY: "a client has it open; Macs ask again by themselves",
    errno.ETXTBSY: "a client has it open; Macs ask again by themselves",
    errno.EIO: "the disk or the mount fails; look at the system's log",
    errno.ENOTCONN: "the mount is gone; mount it again",
    errno.EHOSTDOWN: "the server of the mount is down",
    errno.ETIMEDOUT: "the server of the mount does not answer",
    errno.EROFS: "it is mounted read-only",
    errno.ENOSPC: "the disk is full, or can have no more files (`df -i`)",
    errno.EDQUOT: "the quota is used up",
    errno.EPERM: (
        f"Rollcall's user (id {os.geteuid()}) may not do that: the file is another's in a folder "
        "with the sticky bit, or locked (`lsattr`)"
    ),
    errno.EACCES: (
        f"Rollcall's user (id {os.geteuid()}) may not do that, or an SMB client has it open"
    ),
}


class Overtaken(RollcallError):
    """A file that another writer changed after it was read: read it and decide again."""

    def __init__(self, name: str) -> None:
        super().__init__("{name} was changed by somebody else at this moment.", name=name)
        self.name = name


class UnusablePlace(RollcallError):
    """A value of MUNKI_REPO that names no store."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"MUNKI_REPO {reason}.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it was read: its bytes, and an identifier of this version."""

    content: bytes
    version: str


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """A note about the change of a file, for stores that keep a history: one line, and the author.

    `author` is a name for people to read, None for a Mac's own call.
    """

    sentence: str
    author: str | None = None


NOBODY = ChangeNote("changed by Rollcall")


def resolved(name: str) -> str | None:
    """Return a name without `..`, as clients request it; None where it leaves its folder.

    `name` begins with a top folder of the repo, such as `manifests/`, which it may not leave.
    """
    if ".." not in name.split("/"):
        return name
    top, _, rest = name.partition("/")
    inner = posixpath.normpath(rest)
    return None if inner.split("/")[0] == ".." else f"{top}/{inner}"


def too_large(name: str) -> ManifestUnreadable:
    """The error of a file beyond LARGEST, raised instead of reading it."""
    return ManifestUnreadable(name.removeprefix("manifests/"), "it is larger than 4 MiB")


Reader: TypeAlias = Callable[[str], Stored | None]


class Store(Protocol):
    """A store of a repo's files. Threads and processes may share one.

    Symbolic links inside the repo are followed, in reading and in writing. One that leads nowhere
    or out of the repo raises ManifestUnreadable where it is read, looked for or written.

    `reads_at_once` is the number of threads with which reading is fastest.
    """

    reads_at_once: int

    def read(self, name: str) -> Stored | None:
        """Return a file; None where there is none.

        Raises ManifestUnreadable where it is larger than LARGEST, or a folder has its name.
        """

    def reader(self) -> Reader:
        """Return a reader of files like `read`, for reading many: in git, of one commit.

        It also returns None for anything but a file, such as a pipe.
        """

    def replace(self, name: str, content: bytes, *, over: Stored | None, note: ChangeNote) -> None:
        """Replace a file by `content`, durably and as a whole; `over` is the file as it was read.

        Raises Overtaken, and changes nothing, where the file is another one than `over`, which is
        None for no file.
        """

    def remove(self, name: str, *, over: Stored, note: ChangeNote) -> None:
        """Remove a file that still is `over`; of a link itself, what it leads to stays.

        Raises Overtaken.
        """

    def exists(self, name: str) -> bool:
        """True where there is a file of this name; changes by others may be seen late."""

    def target(self, name: str) -> str:
        """Return the name of the file itself where a link is on the way to it, else `name`.

        Raises ManifestUnreadable for a link that leads nowhere or out of the repo.
        """

    def has(self, folder: str) -> bool:
        """Return True where a folder is there; in a bucket, where there is a file below it."""

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the files in a folder, sorted.

        Dot-files are left out. The same object is returned until something changes, so that callers
        can cache what they make of it. Changes by others are seen within 5 seconds, and so are
        all changes in a large folder.
        """

    def tree(self, folder: str) -> Sequence[str]:
        """Return the paths of all files and folders below a folder, sorted; a folder's ends in `/`.

        Dot-names are left out. The same object is returned until something changes, and what
        others changed is seen, as by `names`.
        """

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the names of all files below a folder, as paths from it, dot-files left out.

        Linked folders are followed, but not into themselves. A link that leads nowhere or out of
        the repo is a name among the others.
        """

    def changed(self, folder: str, since: str | None) -> Changes:
        """Return the names that changed below a folder since the token `since`; None: since ever.

        Dot-files are left out. It reads no file; a token of another store is none.
        """

    def author(self, name: str) -> Authorship | None:
        """Return the last change of a file or its removal; None where the store does not know."""

    def holding(self, name: str) -> AbstractContextManager[None]:
        """Lock a file against all other callers of this method, on as many servers as possible."""

    def check(self) -> None:
        """Write a file as a trial. Raises RepoUnusable where none can be written.

        Raises RepoReadOnly where a remote takes nothing, and the files can still be read.
        """


@contextmanager
def faults() -> Iterator[None]:
    """Translate the system's errors into RepoUnusable, with the fix where one is known."""
    try:
        yield
    except OSError as error:
        raise unusable(error) from error


def unusable(error: OSError) -> RepoUnusable:
    """Return the error of the store for one of the system."""
    fix = _FIXES.get(error.errno or 0)
    name = error.filename2 or error.filename  # the first is what a file was to replace
    place = f" ({name})" if name else ""  # a write has none
    reason = (error.strerror or str(error)) + place
    return RepoUnusable(reason + (f"; {fix}" if fix else ""))
