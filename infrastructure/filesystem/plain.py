"""Plain files, read at once: a pipe or a device in place of one is refused, and not waited for.

Nothing but the standard library is imported: probes of health read secrets by it.
"""

import errno
import os
import stat
from pathlib import Path

NO_FILE = "it is a pipe or a device, not a file"


def read(path: str | Path, most: int = -1) -> bytes:
    """Return the bytes of a file, `most` of them at the most. Raises OSError."""
    with open(path, "rb", opener=_opened) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, NO_FILE, os.fspath(path))
        return file.read(most)


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)
