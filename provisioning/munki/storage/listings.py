"""Names in a folder, read again only where the folder changed."""

import os
import time
from collections.abc import Sequence

# A folder's time says nothing of a second change within its own tick: two seconds on old mounts.
SETTLED = 2.5


class Listings:
    """Lists of the files in folders. A look costs one question, not one for each file."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, Sequence[str]]] = {}

    def of(self, folder: str) -> Sequence[str]:
        """Return the files in `folder`, sorted, dot-files left out.

        The same object as the last time where nothing changed. Raises OSError.
        """
        changed = os.stat(folder).st_mtime_ns
        known = self._known.get(folder)
        if known is not None and known[0] == changed:
            return known[1]
        names = _files(folder)
        if known is not None and known[1] == names:
            names = known[1]
        settled = time.time() - changed / 1e9 > SETTLED
        self._known[folder] = (changed if settled else -1, names)
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
