"""Versions of files, by which a reader sees that one was changed or replaced."""

from pathlib import Path


def version_of(path: str | Path) -> tuple[int, int, int] | None:
    """Return the moment of a file's last change, its size and its inode; None without a file."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
