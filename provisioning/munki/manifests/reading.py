"""The reading of many manifests, and of which ones include which."""

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock

from infrastructure.findings import Finding
from provisioning.munki.errors import BadLink, ManifestUnreadable, RepoUnusable
from provisioning.munki.manifests.documents import INCLUDED, Manifest, loads
from provisioning.munki.manifests.includes import named
from provisioning.munki.manifests.names import YAML
from provisioning.munki.storage import Reader, Store

_Content = bytes | ManifestUnreadable | Finding | None
MAX_AGE = 60.0  # seconds, for which a reading of all manifests is good
BAD_LINKS = "bad links"  # the kind of finding of a link that leads nowhere, or out of the repo


def parsed(store: Store, names: Sequence[str]) -> Iterator[tuple[str, Manifest]]:
    """Yield name and content of those of the manifests `names` that can be read."""
    for name, reading in readings(store, names):
        if not isinstance(reading, Finding):
            yield name, reading


def readings(store: Store, names: Sequence[str]) -> Iterator[tuple[str, Manifest | Finding]]:
    """Yield each of the manifests `names` with its content; with a finding if it is unreadable."""
    for name, content in zip(names, _contents(store, names), strict=True):
        try:
            if isinstance(content, ManifestUnreadable):
                raise content
            if isinstance(content, Finding):
                yield name, content
            elif content is not None:
                yield name, loads(name, content)
        except ManifestUnreadable as error:
            yield name, unreadable(error)


def unreadable(error: ManifestUnreadable) -> Finding:
    """Return the finding for a manifest that cannot be read."""
    if isinstance(error, BadLink):
        fix = "Mend the link, remove it, or put what it leads to in its place."
        return Finding(BAD_LINKS, str(error), fix)
    fix = "Open it in an editor for property lists, or restore it from a backup."
    return Finding("unreadable manifests", str(error), fix)


def of_rights(name: str, error: RepoUnusable) -> Finding:
    """Return the finding for a manifest that this user may not read. Raises any other error."""
    if not isinstance(error.__cause__, PermissionError):
        raise error
    fix = "Let Rollcall's user read it."
    return Finding("unreadable manifests", f"{name} may not be read.", fix)


def _contents(store: Store, names: Sequence[str]) -> Iterable[_Content]:
    look = partial(_content, store.reader())
    if store.reads_at_once == 1:
        return map(look, names)
    with ThreadPoolExecutor(store.reads_at_once) as pool:
        return list(pool.map(look, names))


def _content(read: Reader, name: str) -> _Content:
    try:
        stored = read(f"manifests/{name}")
    except ManifestUnreadable as error:
        return error
    except RepoUnusable as error:
        return of_rights(name, error)
    return stored.content if stored else None


def who_includes(store: Store, included: str) -> Iterator[str]:
    """Yield the names of manifests that include `included`; unreadable ones are left out."""
    names = [name for name in store.walk("manifests") if not name.endswith(YAML)]
    for name, manifest in parsed(store, names):
        if included in named(manifest, INCLUDED):
            yield name


def leads_to(store: Store, start: str, name: str) -> bool:
    """Return whether a manifest is another one, or includes it, itself or by those it includes."""
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
    """The names of all manifests that others include, read anew after MAX_AGE seconds."""

    def __init__(self, store: Store) -> None:
        self._store, self._reading = store, Lock()
        self._known: frozenset[str] = frozenset()
        self._until = -math.inf

    def has(self, name: str) -> bool:
        """Return True where another manifest includes `name`, in any case. Raises RepoUnusable."""
        with self._reading:  # once for all that ask meanwhile
            if time.monotonic() >= self._until:
                self._known = frozenset(self._read())
                self._until = time.monotonic() + MAX_AGE
            return name.casefold() in self._known

    def _read(self) -> Iterator[str]:
        names = [name for name in self._store.walk("manifests") if not name.endswith(YAML)]
        for name, manifest in parsed(self._store, names):
            yield from (each.casefold() for each in named(manifest, INCLUDED) if each != name)
