"""Included manifests: their names, and a check that Munki clients could follow them."""

import time
from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from threading import Lock
from typing import Any

from cachetools import TTLCache

from provisioning.munki.errors import IncludesItself, ManifestUnreadable, MissingInclude
from provisioning.munki.manifests import documents
from provisioning.munki.manifests.documents import FOLDER, INCLUDED, Manifest, entries, parts
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

    def verify(self, name: str, manifest: Manifest) -> None:
        """Raise an error where Munki clients could not follow the includes of a manifest.

        It is MissingInclude where one does not exist, at any depth, in conditional items too. It is
        IncludesItself where they lead back without a condition, which only the Mac could judge. An
        included manifest that cannot be read counts as empty here: the doctor finds it.
        """
        always: dict[str, list[str]] = {}  # by each manifest, its includes without a condition
        waiting, met = [(name, manifest)], {name}
        while waiting:
            each, content = waiting.pop()
            always[each] = entries(content, INCLUDED)
            for include in named(content, INCLUDED):
                if not self._store.exists(FOLDER + include):
                    raise MissingInclude(each, include)
                if include not in met and include not in self._good:
                    met.add(include)
                    waiting.append((include, self._read(include)))
        try:
            TopologicalSorter(always).prepare()
        except CycleError as error:
            include, each, *_ = error.args[1]
            raise IncludesItself(each, include) from error
        with self._lock:
            for each in met - {name}:
                self._good[each] = None

    def _read(self, name: str) -> Manifest:
        try:
            stored = self._store.read(FOLDER + name)
            return documents.read(name, stored.content) if stored else {}
        except ManifestUnreadable:
            return {}
