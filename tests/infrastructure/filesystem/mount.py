"""A mount of the tests: it answers as a file server may, and a disk never does."""

import os

from infrastructure.filesystem.mounts import System


class Mount(System):
    """A mount on which calls fail so many times."""

    def __init__(self, **faults: tuple[int, int]) -> None:
        self._faults = {call: [number] * times for call, (number, times) in faults.items()}

    def _try(self, call: str, source: str | None = None, target: str | None = None) -> None:
        if self._faults.get(call):
            number = self._faults[call].pop()
            raise OSError(number, os.strerror(number), source, None, target)

    def open(self, path: str, flags: int) -> int:
        """Open a file or a folder."""
        self._try("open")
        return super().open(path, flags)

    def stat(self, path: str) -> os.stat_result:
        """Look at a file."""
        self._try("stat")
        return super().stat(path)

    def lstat(self, path: str) -> os.stat_result:
        """Look at a file, or at a link."""
        self._try("stat")
        return super().lstat(path)

    def rename(self, source: str, target: str) -> None:
        """Replace a file."""
        self._try("rename", source, target)
        super().rename(source, target)

    def fsync(self, descriptor: int) -> None:
        """Sync a file, or a folder."""
        is_folder = os.fstat(descriptor).st_mode & 0o170000 == 0o040000
        self._try("sync_folder" if is_folder else "sync_file")
        super().fsync(descriptor)

    def flock(self, descriptor: int, *, waits: bool = True) -> None:
        """Lock a file."""
        self._try("flock")
        super().flock(descriptor, waits=waits)
