"""Plain files, read at once: a pipe or a device in place of one is refused without waiting.

A pipe is read only where the caller gives a time limit, as for secrets.

Nothing but the standard library is imported: probes of health read secrets by it.
"""

import errno
import os
import select
import stat
import time
from pathlib import Path

NO_FILE = "it is a pipe or a device, not a file"
SILENT = "it is a pipe that nothing wrote into, or whose writer does not end"


def read(path: str | Path, limit: int = -1, *, patience: float | None = None) -> bytes:
    """Return at most `limit` bytes of a file. Raises OSError.

    With `patience`, in seconds, a pipe is read too, up to `limit` or to the end of its writer.
    """
    with open(path, "rb", opener=_opened) as file:
        mode = os.fstat(file.fileno()).st_mode
        if patience is not None and stat.S_ISFIFO(mode):
            return _drained(file.fileno(), path, limit, time.monotonic() + patience)
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, NO_FILE, os.fspath(path))
        return file.read(limit)


def version_of(path: str | Path) -> tuple[int, int, int] | None:
    """Return the moment of a file's last change, its size and its inode; None without a file.

    By these a reader sees that it was changed or replaced.
    """
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _drained(pipe: int, path: str | Path, limit: int, until: float) -> bytes:
    """Return what is written into a pipe. Raises OSError where that has not ended by `until`."""
    content, ready = b"", select.poll()
    ready.register(pipe, select.POLLIN)
    while len(content) < limit:
        if not ready.poll(max(0.0, until - time.monotonic()) * 1000):
            raise OSError(errno.ETIMEDOUT, SILENT, os.fspath(path))
        piece = os.read(pipe, limit - len(content))
        if not piece:
            break
        content += piece
    return content


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)
