"""A cache of the names of files in a bucket, kept for a few seconds, because requests are slow."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from cachetools import TTLCache

from provisioning.munki.storage.listings import good_for

MAX_AGE = 3.0  # seconds; changes by others must be seen within 5
MAX_FILES = 1000  # single cached files: more than a repo includes


@dataclass(slots=True)
class _Folder:
    """A folder's names as they were listed, valid `until` a moment; `changes` counts our own."""

    names: Sequence[str] = ()
    until: float = 0.0
    changes: int = 0
    looking: Lock = field(default_factory=Lock)


class NameCache:
    """A cache of folders and single files, valid for `max_age` seconds.

    One thread lists a folder, the others wait for its result.
    """

    def __init__(self, look: Callable[[str], Sequence[str]], max_age: float = MAX_AGE) -> None:
        self._look, self._max_age = look, max_age
        self._folders: dict[str, _Folder] = {}
        self._seen: TTLCache[str, None] = TTLCache(MAX_FILES, max_age)
        self._lock = Lock()

    def names(self, folder: str) -> Sequence[str]:
        """The names in a folder: the same object as the last time where nothing changed."""
        cached = self._folders.setdefault(folder, _Folder())
        if time.monotonic() < cached.until:
            return cached.names
        with cached.looking:
            if time.monotonic() >= cached.until:
                self._look_again(folder, cached)
            return cached.names

    def _look_again(self, folder: str, cached: _Folder) -> None:
        changes, until = cached.changes, time.monotonic() + self._max_age
        names = self._look(folder)
        cached.names = cached.names if cached.names == names else names
        # A change of this process during the listing may be missing: list again the next time.
        cached.until = until if cached.changes == changes else 0.0

    def has(self, name: str) -> bool:
        """True where a file was seen a moment ago, by itself or in its folder."""
        folder, _, base = name.rpartition("/")
        cached, now = self._folders.get(folder), time.monotonic()
        if cached is not None and now < cached.until and base in cached.names:
            return True
        return name in self._seen

    def saw(self, name: str) -> None:
        """Remember that a file is there."""
        with self._lock:
            self._seen[name] = None

    def forget(self, name: str) -> None:
        """Note that a file was made or removed here, so that folders around it are listed again.

        Large ones are not: where all Macs' manifests lie in one, each first boot makes a file.
        """
        with self._lock:
            self._seen.pop(name, None)
        folder = name
        while folder := folder.rpartition("/")[0]:
            cached = self._folders.get(folder)
            if cached is not None and not good_for(len(cached.names)):
                cached.changes += 1
                cached.until = 0.0
