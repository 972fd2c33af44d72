"""The reading of many manifests, and of which ones include which."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock

from infrastructure.findings import Finding
from provisioning.munki.errors import BadLink, ManifestUnreadable, RepeatedKey, RepoUnusable
from provisioning.munki.manifests import documents
from provisioning.munki.manifests.documents import INCLUDED, Manifest
from provisioning.munki.manifests.includes import named
from provisioning.munki.manifests.names import YAML
from provisioning.munki.storage import Reader, Store

MANIFESTS = "manifests"  # the folder of them
PAGE = 2000  # manifests that are held at a time
MAX_AGE = 60.0  # seconds, for which a reading of all manifests is good
BAD_LINKS = "bad links"  # the kind of finding of a link that leads nowhere, or out of the repo
GONE = "no files"  # the kind of finding of a name that leads to none, such as a pipe's
UNREADABLE = "unreadable manifests"  # the kind of finding of all others that cannot be read


def parsed(store: Store, names: Sequence[str]) -> Iterator[tuple[str, Manifest]]:
    """Yield name and content of those of the manifests `names` that Munki's clients can read."""
    read = read_manifests(store, MANIFESTS, names, documents.read)
    for name, reading in zip(names, read, strict=True):
        if not isinstance(reading, Finding):
            yield name, reading


def readings(store: Store, names: Sequence[str]) -> Iterator[tuple[str, Manifest | Finding]]:
    """Yield each of the manifests `names` as `read_manifests` does, but those that are gone."""
    for name, reading in zip(names, read_manifests(store, MANIFESTS, names), strict=True):
        if not isinstance(reading, Finding) or reading.kind != GONE:
            yield name, reading


def read_manifests(
    store: Store,
    folder: str,
    names: Sequence[str],
    parse: Callable[[str, bytes], Manifest] = documents.loads,
) -> Iterator[Manifest | Finding]:
    """Yield each manifest of a folder, parsed; or why it cannot be. Holds PAGE at most."""
    read = partial(_manifest, store.reader(), parse, folder)
    if store.reads_at_once == 1:
        yield from map(read, names)
        return
    with ThreadPoolExecutor(store.reads_at_once) as pool:
        for start in range(0, len(names), PAGE):
            yield from pool.map(read, names[start : start + PAGE])


def _manifest(
    read: Reader, parse: Callable[[str, bytes], Manifest], folder: str, name: str
) -> Manifest | Finding:
    try:
        stored = read(f"{folder}/{name}")
        if stored is None:
            fix = "Remove it, or put a manifest in its place."
            return Finding(GONE, f"{name} leads to no file.", fix)
        return parse(name, stored.content)
    except BadLink as error:
        fix = "Mend the link, remove it, or put what it leads to in its place."
        return Finding(BAD_LINKS, str(error), fix)
    except RepeatedKey as error:
        fix = "Munki takes the last value; take one of the two out."
        return Finding(UNREADABLE, str(error), fix)
    except ManifestUnreadable as error:
        fix = "Open it in an editor for property lists, or restore it from a backup."
        return Finding(UNREADABLE, str(error), fix)
    except RepoUnusable as error:
        if not isinstance(error.__cause__, PermissionError):
            raise
        return Finding(UNREADABLE, f"{name} may not be read.", "Let Rollcall's user read it.")


def who_includes(store: Store, included: str) -> Iterator[str]:
    """Yield the names of manifests that include `included`; unreadable ones are left out."""
    for name, manifest in _all_parsed(store):
        if included in named(manifest, INCLUDED):
            yield name


def _all_parsed(store: Store) -> Iterator[tuple[str, Manifest]]:
    names = [name for name in store.walk(MANIFESTS) if not name.endswith(YAML)]
    return parsed(store, names)


def leads_to(store: Store, start: str, name: str) -> bool:
    """Return True where a manifest is another one, or includes it, also by those it includes."""
    met, next_ones = {start}, [start]
    while next_ones and name not in met:
        manifests = parsed(store, next_ones)
        next_ones = [
            include
            for _, manifest in manifests
            for include in dict.fromkeys(named(manifest, INCLUDED))
            if include not in met
        ]
        met.update(next_ones)
    return name in met


class IncludedManifests:
    """The names of all manifests that others include, read again after MAX_AGE seconds."""

    def __init__(self, store: Store) -> None:
        self._store, self._reading = store, Lock()
        self._known: frozenset[str] = frozenset()
        self._until = -math.inf

    def has(self, name: str) -> bool:
        """Return True where another manifest includes `name`, in any case. Raises RepoUnusable."""
        with self._reading:  # once for all that ask meanwhile
            if time.monotonic() >= self._until:
                self._known = frozenset(
                    each.casefold()
                    for name, manifest in _all_parsed(self._store)
                    for each in named(manifest, INCLUDED)
                    if each != name
                )
                self._until = time.monotonic() + MAX_AGE
            return name.casefold() in self._known
