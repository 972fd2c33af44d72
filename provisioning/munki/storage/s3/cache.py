"""A cache of the files in a place that is slow to ask, kept for moments."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from cachetools import TTLCache

FRESH = 3.0  # seconds; what others changed has to be seen within 5
MOST = 1000  # single files that are remembered: no more than a repo includes


@dataclass(slots=True)
class _Folder:
    """A folder's names as they were looked up, good `until` then; `changes` counts ours."""

    names: Sequence[str] = ()
    until: float = 0.0
    changes: int = 0
    looking: Lock = field(default_factory=Lock)


class Recalled:
    """Folders and single files; one thread looks, the others wait for what it sees.

    What was seen is good for `fresh` seconds.
    """

    def __init__(self, look: Callable[[str], Sequence[str]], fresh: float = FRESH) -> None:
        self._look, self._fresh = look, fresh
        self._folders: dict[str, _Folder] = {}
        self._seen: TTLCache[str, None] = TTLCache(MOST, fresh)
        self._lock = Lock()

    def names(self, folder: str) -> Sequence[str]:
        """The names in a folder: the same object as the last time where nothing changed."""
        known = self._folders.setdefault(folder, _Folder())
        if time.monotonic() < known.until:
            return known.names
        with known.looking:
            if time.monotonic() >= known.until:
                self._look_again(folder, known)
            return known.names

    def _look_again(self, folder: str, known: _Folder) -> None:
        changes, until = known.changes, time.monotonic() + self._fresh
        names = self._look(folder)
        known.names = known.names if known.names == names else names
        # What this process changed while it looked may be missing: look again the next time.
        known.until = until if known.changes == changes else 0.0

    def has(self, name: str) -> bool:
        """True where a file was seen a moment ago, by itself or in its folder."""
        folder, _, base = name.rpartition("/")
        known, now = self._folders.get(folder), time.monotonic()
        if known is not None and now < known.until and base in known.names:
            return True
        return name in self._seen

    def saw(self, name: str) -> None:
        """Remember that a file is there."""
        with self._lock:
            self._seen[name] = None

    def forget(self, name: str) -> None:
        """A file was made or removed here: look again."""
        with self._lock:
            self._seen.pop(name, None)
        known = self._folders.get(name.rpartition("/")[0])
        if known is not None:
            known.changes += 1
            known.until = 0.0
