"""Work-arounds for SMB and NFS mounts, which differ from a local disk."""

import errno
import fcntl
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from infrastructure.execution.retry import retry
from infrastructure.filesystem import owners

Value = TypeVar("Value")

PAUSES = (0.05, 0.1, 0.2, 0.4)  # seconds until a client may have closed the file
# SMB refuses to replace a file that a client has open. It was made in the same folder a moment
# ago, so EACCES is hardly about rights.
_OPEN_ELSEWHERE = frozenset({errno.EACCES, errno.EBUSY, errno.EEXIST, errno.ETXTBSY})
# Errors of a mount that lacks a call.
UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
MOUNTED = Path("/proc/self/mounts")  # Linux's table: device, folder, kind and options of each mount
_OF_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "afs", "ceph", "9p", "glusterfs"}
    | {f"fuse.{name}" for name in ("sshfs", "glusterfs", "ceph", "rclone", "s3fs")}
)


class System:
    """The operating system's calls that mounts answer with errors of their own. Raise OSError."""

    def open(self, path: str, flags: int) -> int:
        """Open a file, or make it with the permissions that the umask leaves."""
        return owners.opened(path, flags | os.O_CLOEXEC, 0o666)

    def stat(self, path: str) -> os.stat_result:
        """Look at a file."""
        return os.stat(path)

    def lstat(self, path: str) -> os.stat_result:
        """Look at a file, or at the link in its place."""
        return os.lstat(path)

    def rename(self, source: str, target: str) -> None:
        """Put a file in place of another."""
        os.rename(source, target)

    def fsync(self, descriptor: int) -> None:
        """Wait until all written bytes are on the disk."""
        os.fsync(descriptor)

    def flock(self, descriptor: int, *, waits: bool = True) -> None:
        """Lock a file until it is closed, once it is not locked.

        Where it is not to wait for that, raises BlockingIOError.
        """
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))


SYSTEM = System()


def again_if_stale(work: Callable[[], Value]) -> Value:
    """Return the result of `work`; it is repeated where the server replaced an open file."""
    try:
        return work()
    except OSError as error:
        if error.errno != errno.ESTALE:
            raise
    return work()


def rename(source: str, target: str, system: System) -> None:
    """Put a file in place of another, within a second of its being open elsewhere."""
    retry(
        lambda: system.rename(source, target),
        OSError,
        when=lambda error: error.errno in _OPEN_ELSEWHERE,
        pauses=PAUSES,
    )


def sync_folder(path: str, system: System) -> None:
    """Have renames in a folder survive a power cut, as far as the mount can do that."""
    descriptor = system.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        system.fsync(descriptor)
    except OSError as error:
        if error.errno not in UNSUPPORTED:
            raise
    finally:
        os.close(descriptor)


def network_of(path: str, mounted: Path = MOUNTED) -> str | None:
    """Return the kind of network mount (`nfs4`, `cifs`) on which a file lies.

    None for one on a disk, and on systems without the table `mounted`.
    """
    try:
        lines = mounted.read_text(errors="surrogateescape").split("\n")
    except OSError:
        return None
    real, found = os.path.realpath(path), ("", "")
    for fields in (line.split(" ") for line in lines if line):  # names have other white space
        folder = _unescaped(fields[1])
        # Of two on one folder, the one that was mounted last.
        if f"{real}/".startswith(f"{folder.rstrip('/')}/") and len(folder) >= len(found[0]):
            found = folder, fields[2]
    return found[1] if found[1] in _OF_NETWORK else None


def _unescaped(folder: str) -> str:
    """A folder as it is called: the table has blanks and the like as three octal digits."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), folder)
