"""Included manifests: their names, and a check that all manifests below them exist."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Any

from cachetools import TTLCache

from provisioning.munki.errors import ManifestUnreadable, MissingInclude
from provisioning.munki.manifests import documents
from provisioning.munki.manifests.documents import FOLDER, INCLUDED, entries, parts
from provisioning.munki.storage import Store

CATALOGS = "catalogs"
MAX_AGE = 5.0  # seconds; all Macs of a lab include the same ones, and boot within a minute
MAX_MANIFESTS = 1000  # manifests that are remembered


def named(manifest: Mapping[str, Any], key: str) -> Iterator[str]:
    """Yield the names that `manifest` has under INCLUDED or CATALOGS, at every depth.

    An empty name is passed over.
    """
    for each in parts(manifest):
        yield from (name for name in entries(each, key) if isinstance(name, str) and name)


class SharedManifests:
    """A cache of checked included manifests: a good one is checked again after MAX_AGE seconds."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._lock = store, Lock()
        self._good: TTLCache[str, None] = TTLCache(MAX_MANIFESTS, MAX_AGE, timer=clock)

    def verify(self, names: Iterable[str]) -> None:
        """Raise MissingInclude where one of these includes a manifest that does not exist.

        At any depth, in conditional items too. A manifest that cannot be read counts as empty here:
        the doctor finds it.
        """
        waiting, met = list(names), set[str]()
        while waiting:
            name = waiting.pop()
            if name in met or name in self._good:
                continue
            met.add(name)
            for include in self._includes(name):
                if not self._store.exists(FOLDER + include):
                    raise MissingInclude(name, include)
                waiting.append(include)
        with self._lock:
            for name in met:
                self._good[name] = None

    def _includes(self, name: str) -> Sequence[str]:
        try:
            stored = self._store.read(FOLDER + name)
            manifest = documents.loads(name, stored.content) if stored else {}
        except ManifestUnreadable:
            return ()
        return tuple(named(manifest, INCLUDED))
