"""The interface of a place where a Munki repo lies.

Files are named by their path from the repo's root, such as `manifests/C02XG0FDJGH5`; names come
from `provisioning.munki`, which lets none out of the repo. Every method raises RepoUnusable where
the place cannot be used at this time.
"""

import errno
import posixpath
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from infrastructure.errors import RollcallError
from provisioning.munki.errors import ManifestUnreadable, RepoUnusable

LARGEST = 4 * 1024 * 1024  # bytes; a Mac's manifest has a few hundred
# What the system says of mounts, in words that tell an admin what to do.
_MENDS = {
    errno.ESTALE: "the mount is stale; mount it again",
    errno.EXDEV: "it lies on another share than its folder; mount that share by itself",
    errno.EBUSY: "a client has it open; Macs ask again by themselves",
    errno.ETXTBSY: "a client has it open; Macs ask again by themselves",
    errno.EIO: "the disk or the mount fails; look at the system's log",
    errno.ENOTCONN: "the mount is gone; mount it again",
    errno.EHOSTDOWN: "the server of the mount is down",
    errno.ETIMEDOUT: "the server of the mount does not answer",
    errno.EROFS: "it is mounted read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota is used up",
    errno.EACCES: "Rollcall's user may not do that, or an SMB client has it open",
}


class Overtaken(RollcallError):
    """Somebody else changed a file after it was read: read it again, and decide again."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was changed by somebody else at this moment.")
        self.name = name


class UnusablePlace(RollcallError):
    """A MUNKI_REPO that is no place which Rollcall could open."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"MUNKI_REPO {reason}.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it was read: its bytes, and what tells this version of it from others."""

    content: bytes
    version: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why a file changes, for places that keep a history: one line, and who wanted it.

    `author` is what people would call them, None where it was a Mac's own call.
    """

    sentence: str
    author: str | None = None


NOBODY = Why("changed by Rollcall")


def resolved(name: str) -> str | None:
    """Return a name without `..`, as clients ask for it; None where it leads out of its folder.

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


class Store(Protocol):
    """A place for a repo's files. Threads and processes may share one.

    `reads_at_once` is how many threads read faster than one.
    """

    reads_at_once: int

    def read(self, name: str) -> Stored | None:
        """Return a file; None where there is none.

        Raises ManifestUnreadable where it is larger than LARGEST, or a folder has its name.
        """
        ...

    def replace(self, name: str, content: bytes, *, over: Stored | None, why: Why) -> None:
        """Make a file hold `content`, durably and as a whole; `over` is what was read before.

        Raises Overtaken, and changes nothing, where it is not `over` any more (None: where there
        is a file now).
        """
        ...

    def remove(self, name: str, *, over: Stored, why: Why) -> None:
        """Remove a file that still is `over`. Raises Overtaken."""
        ...

    def exists(self, name: str) -> bool:
        """True where there is a file of this name; what others made or removed may be seen late."""
        ...

    def has(self, folder: str) -> bool:
        """True where there is such a folder; where places have none, whether anything is in it."""
        ...

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the files in a folder, sorted.

        Dot-files are left out. The same object is returned until something changes, so that what
        is made of it can be kept. What others changed is seen within 5 seconds.
        """
        ...

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the names of all files below a folder, as paths from it, dot-files left out."""
        ...

    def holding(self, name: str) -> AbstractContextManager[None]:
        """Hold a file against all other holders of it, on every server that can know of it."""
        ...

    def check(self) -> None:
        """Raise RepoUnusable where no file can be written, as it is found by trying.

        RepoReadOnly where that is the fault of a place elsewhere, and what is there can be read.
        """
        ...


@contextmanager
def faults() -> Iterator[None]:
    """Translate what the system raises into RepoUnusable, with the fix where one is known."""
    try:
        yield
    except OSError as error:
        fix = _MENDS.get(error.errno or 0)
        said = error.strerror or str(error)
        raise RepoUnusable(f"{said} ({error.filename})" + (f"; {fix}" if fix else "")) from error
