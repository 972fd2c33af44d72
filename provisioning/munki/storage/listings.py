"""A cache of the names in folders, which are read again only where the folder changed."""

import os
import time
from collections.abc import Sequence

# Seconds: a second change within one tick leaves a folder's time as it is; two on old mounts.
SETTLED = 2.5


class Listings:
    """Lists of the files in folders. An unchanged folder costs one `stat`, not one a file."""

    def __init__(self) -> None:
        self._cached: dict[str, tuple[int, Sequence[str]]] = {}

    def of(self, folder: str) -> Sequence[str]:
        """Return the files in `folder`, sorted, dot-files left out.

        The same object as the last time where nothing changed. Raises OSError.
        """
        changed = os.stat(folder).st_mtime_ns
        cached = self._cached.get(folder)
        if cached is not None and cached[0] == changed:
            return cached[1]
        names = _files(folder)
        if cached is not None and cached[1] == names:
            names = cached[1]
        is_settled = time.time() - changed / 1e9 > SETTLED
        self._cached[folder] = (changed if is_settled else -1, names)
        return names


def _files(folder: str) -> Sequence[str]:
    with os.scandir(folder) as entries:
        return tuple(
            sorted(
                entry.name
                for entry in entries
                if not entry.name.startswith(".") and entry.is_file()
            )
        )
