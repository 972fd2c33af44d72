"""A Munki repo: what exists in it, and the one way to change a Mac's manifest."""

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from provisioning.munki.destinations import DestinationList
from provisioning.munki.errors import MissingInclude, RepoUnusable, UnknownBuild, UnknownSite
from provisioning.munki.manifests import documents
from provisioning.munki.manifests.documents import (
    BUILDS,
    CATALOGS,
    FOLDER,
    SITE_DEFAULT,
    SITES,
    Destination,
    Manifest,
)
from provisioning.munki.manifests.includes import INCLUDED, named
from provisioning.munki.manifests.shared import SharedManifests
from provisioning.munki.namesakes import Look, Namesakes
from provisioning.munki.storage import NOBODY, Overtaken, Store, Stored, Why
from provisioning.values.serials import Serial

ATTEMPTS = 5  # at a manifest that somebody else keeps changing


@dataclass(frozen=True, slots=True)
class Written:
    """A Mac's manifest in the repo: whether it had to change, and a short hash of it.

    `before` and `after` are its bytes where it changed; `before` is None where there was none.
    """

    changed: bool
    digest: str
    before: bytes | None = None
    after: bytes | None = None


class MunkiRepo:
    """The repo that lies in `store`."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._sites = DestinationList(store, FOLDER + SITES, UnknownSite)
        self._builds = DestinationList(store, FOLDER + BUILDS, UnknownBuild)
        self._namesakes = Namesakes.of(())
        self._shared = SharedManifests(store)

    def sites(self) -> list[str]:
        """The names of all sites, sorted."""
        return self._sites.names()

    def builds(self) -> list[str]:
        """The names of all builds, sorted."""
        return self._builds.names()

    def destination(self, site: str, build: str) -> Destination:
        """Return the site and build of these names, typed in any case.

        Raises UnknownSite or UnknownBuild, with the nearest names that exist.
        """
        return Destination(self._sites.named(site), self._builds.named(build))

    def site(self, name: str) -> str:
        """Return the site of this name, typed in any case. Raises UnknownSite."""
        return self._sites.named(name)

    def namesakes(self) -> Look:
        """Return what finds manifests by host names, as they are now. Raises RepoUnusable."""
        listed = self.store.names(FOLDER.rstrip("/"))
        if listed is not self._namesakes.listed:
            self._namesakes = Namesakes.of(listed)
        return self._namesakes.look

    def namesake(self, host: str) -> str | None:
        """Return the manifest of one host name, as the place of the repo compares names.

        It lists no folder, which for a Mac that only asks again would be much. Raises RepoUnusable.
        """
        cases = dict.fromkeys((host, host.lower(), host.upper()))
        return next((name for name in cases if self.store.exists(FOLDER + name)), None)

    def kept(
        self, serial: Serial, destination: Destination, catalogs: Sequence[str] = CATALOGS
    ) -> Written | None:
        """Return what the manifest of `serial` is where it leads to `destination` already.

        Reads only, and waits for nobody. Raises like `assign`.
        """
        stored, present = self._present(serial)
        if stored is None or present is None:
            return None
        if documents.merge(present, destination, catalogs) != present:
            return None
        self._verify(serial.text, present)
        return Written(changed=False, digest=digest(stored.content))

    def preview(
        self, serial: Serial, destination: Destination, catalogs: Sequence[str] = CATALOGS
    ) -> tuple[bytes | None, bytes]:
        """Return the manifest of `serial` as it is, and as `assign` would leave it.

        Reads only. Raises like `assign`.
        """
        stored, present = self._present(serial)
        fresh = self._merged(serial, present, destination, catalogs)
        before = stored.content if stored else None
        if before is not None and fresh == present:
            return before, before
        return before, documents.dumps(serial.text, fresh)

    def holding(self, serial: Serial) -> AbstractContextManager[None]:
        """Hold the manifest of `serial` against all other calls for this Mac, on any server.

        Hold it over what depends on the manifest. Raises RepoUnusable.
        """
        return self.store.holding(FOLDER + serial.key)

    def assign(
        self,
        serial: Serial,
        destination: Destination,
        catalogs: Sequence[str] = CATALOGS,
        *,
        why: Why = NOBODY,
    ) -> Written:
        """Make the manifest of `serial`, which is held, lead to `destination`; read it back.

        It gets `catalogs` where it has none. Safe to repeat. What others change meanwhile is
        kept. Raises ManifestUnreadable (it is left untouched), MissingInclude (nothing is
        written) or RepoUnusable.
        """
        for _ in range(ATTEMPTS):
            try:
                return self._assign(serial, destination, catalogs, why)
            except Overtaken:
                continue
        raise RepoUnusable(f"the manifest {serial} is not the one written; others change it too")

    def _assign(
        self, serial: Serial, destination: Destination, catalogs: Sequence[str], why: Why
    ) -> Written:
        stored, present = self._present(serial)
        merged = self._merged(serial, present, destination, catalogs)
        if stored is not None and merged == present:
            return Written(changed=False, digest=digest(stored.content))
        fresh = documents.dumps(serial.text, merged)
        name = FOLDER + serial.text
        self.store.replace(name, fresh, over=stored, why=why)
        found = self.store.read(name)
        if found is None or found.content != fresh:
            raise Overtaken(name)
        return Written(True, digest(fresh), stored.content if stored else None, fresh)

    def check(self) -> None:
        """Raise RepoUnusable or MissingInclude where no manifest could be written at all."""
        self.store.check()
        if not self.store.exists(FOLDER + SITE_DEFAULT):
            raise MissingInclude("(any)", SITE_DEFAULT)

    def _present(self, serial: Serial) -> tuple[Stored | None, Manifest | None]:
        """The manifest as it is, as it was read and parsed; None where there is none."""
        stored = self.store.read(FOLDER + serial.text)
        return stored, None if stored is None else documents.loads(serial.text, stored.content)

    def _merged(
        self,
        serial: Serial,
        present: Manifest | None,
        destination: Destination,
        catalogs: Sequence[str],
    ) -> Manifest:
        merged = documents.merge(present, destination, catalogs)
        self._verify(serial.text, merged)
        return merged

    def _verify(self, name: str, manifest: Manifest) -> None:
        """Raise MissingInclude where a manifest leads to one that is not there."""
        includes = tuple(named(manifest, INCLUDED))
        for include in includes:
            if not self.store.exists(FOLDER + include):
                raise MissingInclude(name, include)
        self._shared.verify(includes)


def digest(content: bytes) -> str:
    """A short hash of a manifest, for people to compare."""
    return hashlib.sha256(content).hexdigest()[:12]
