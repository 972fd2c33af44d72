"""A Munki repo: its sites and builds, and the one way to change a Mac's manifest."""

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from infrastructure.retry import AT_ONCE, retry
from provisioning.munki.destinations import DestinationList
from provisioning.munki.errors import MissingInclude, RepoUnusable, UnknownBuild, UnknownSite
from provisioning.munki.manifests import documents
from provisioning.munki.manifests.documents import (
    BUILDS,
    CATALOGS,
    FOLDER,
    INCLUDED,
    SITE_DEFAULT,
    SITES,
    Destination,
    Manifest,
)
from provisioning.munki.manifests.includes import SharedManifests, named
from provisioning.munki.namesakes import Look, Namesakes
from provisioning.munki.storage import NOBODY, ChangeNote, Overtaken, Store, Stored
from provisioning.values.serials import Serial

ATTEMPTS = 5  # at a manifest that others change at the same time


@dataclass(frozen=True, slots=True)
class Written:
    """The result of writing a Mac's manifest: `changed`, and a short hash of it.

    `before` and `after` are its bytes where it changed; `before` is None where there was none.
    """

    changed: bool
    digest: str
    before: bytes | None = None
    after: bytes | None = None


class MunkiRepo:
    """The Munki repo in `store`."""

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
        """Return a look-up of the present manifests by host names. Raises RepoUnusable."""
        listed = self.store.names(FOLDER.rstrip("/"))
        if listed is not self._namesakes.listed:
            self._namesakes = Namesakes.of(listed)
        return self._namesakes.look

    def namesake(self, host: str) -> str | None:
        """Return the manifest of one host name, as the repo's store compares names, or None.

        It lists no folder, which would cost too much in a Mac's call. Raises RepoUnusable.
        """
        cases = dict.fromkeys((host, host.lower(), host.upper()))
        return next((name for name in cases if self.store.exists(FOLDER + name)), None)

    def kept(
        self, serial: Serial, destination: Destination, catalogs: Sequence[str] = CATALOGS
    ) -> Written | None:
        """Return the result for a manifest that leads to `destination` already, else None.

        Reads only, and takes no lock. Raises like `assign`.
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
        merged = self._merged(serial, present, destination, catalogs)
        before = stored.content if stored else None
        if before is not None and merged == present:
            return before, before
        return before, documents.dumps(serial.text, merged)

    def holding(self, serial: Serial) -> AbstractContextManager[None]:
        """Lock the manifest of `serial` against all other calls for this Mac, on any server.

        Keep the lock until all that depends on the manifest is done. Raises RepoUnusable.
        """
        return self.store.holding(FOLDER + serial.text)

    def assign(
        self,
        serial: Serial,
        destination: Destination,
        catalogs: Sequence[str] = CATALOGS,
        *,
        note: ChangeNote = NOBODY,
    ) -> Written:
        """Make the manifest of `serial`, which is locked, lead to `destination`; read it back.

        It gets `catalogs` where it has none. Safe to repeat. Changes that others make meanwhile
        are kept. Raises ManifestUnreadable (it is left untouched), MissingInclude (nothing is
        written) or RepoUnusable.
        """
        try:
            return retry(
                lambda: self._assign(serial, destination, catalogs, note),
                Overtaken,
                pauses=AT_ONCE * (ATTEMPTS - 1),
            )
        except Overtaken as error:
            reason = f"the manifest {serial} is not the one written; others change it too"
            raise RepoUnusable(reason) from error

    def _assign(
        self, serial: Serial, destination: Destination, catalogs: Sequence[str], note: ChangeNote
    ) -> Written:
        stored, present = self._present(serial)
        merged = self._merged(serial, present, destination, catalogs)
        if stored is not None and merged == present:
            return Written(changed=False, digest=digest(stored.content))
        new_content = documents.dumps(serial.text, merged)
        name = FOLDER + serial.text
        self.store.replace(name, new_content, over=stored, note=note)
        read_back = self.store.read(name)
        if read_back is None or read_back.content != new_content:
            raise Overtaken(name)
        return Written(True, digest(new_content), stored.content if stored else None, new_content)

    def check(self) -> None:
        """Raise RepoUnusable or MissingInclude where no manifest could be written at all."""
        self.store.check()
        if not self.store.exists(FOLDER + SITE_DEFAULT):
            raise MissingInclude("(any)", SITE_DEFAULT)

    def _present(self, serial: Serial) -> tuple[Stored | None, Manifest | None]:
        """The present manifest as it was read, and parsed; None where there is none."""
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
        """Raise MissingInclude where a manifest includes one that does not exist."""
        includes = tuple(named(manifest, INCLUDED))
        for include in includes:
            if not self.store.exists(FOLDER + include):
                raise MissingInclude(name, include)
        self._shared.verify(includes)


def digest(content: bytes) -> str:
    """A short hash of a manifest, for people to compare."""
    return hashlib.sha256(content).hexdigest()[:12]
