"""A view of a Munki repo: all changes of a Mac's manifest go through it."""

import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TypeVar

from cachetools import TTLCache

from infrastructure.execution.retry import NO_PAUSE, retry
from provisioning.munki.errors import BadLink, ManifestUnreadable, MissingInclude, RepoUnusable
from provisioning.munki.layout import DEFAULT, Destination, Include, Layout, ownership
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.munki.manifests import documents
from provisioning.munki.manifests.documents import DEFAULT_CATALOGS, FOLDER, INCLUDED, Manifest
from provisioning.munki.manifests.includes import SharedManifests, named
from provisioning.munki.repo.places import RepoPlaces
from provisioning.munki.storage import NOBODY, ChangeNote, Overtaken, Store, Stored
from provisioning.values.serials import Serial

ATTEMPTS = 5  # at writing a manifest that others change at the same time
RETRY_PAUSE = 0.1  # seconds until another program has written a manifest in place, as git does
MISSING_MAX_AGE = 2.0  # seconds for which a missing include is not waited for again
MAX_MISSING = 1000

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The result of writing a Mac's manifest, `name`: `changed`, and a short hash of it.

    `includes` are those that Rollcall wrote, of `layout`. `before` and `after` are its bytes where
    it changed; `before` is None where there was none.
    """

    changed: bool
    digest: str
    before: bytes | None = None
    after: bytes | None = None
    includes: WrittenIncludes = field(default_factory=WrittenIncludes)
    layout: str = DEFAULT.digest
    name: str = ""


class MunkiRepo:
    """The Munki repo in `store`, whose layout `layout` returns as it is now."""

    def __init__(self, store: Store, layout: Callable[[], Layout] = lambda: DEFAULT) -> None:
        self.store, self._layout = store, layout
        self._view = RepoView(store, DEFAULT)

    def now(self) -> "RepoView":
        """Return the repo in the layout of this moment: a call uses one from start to end."""
        layout = self._layout()
        view = self._view
        if view.layout is not layout and view.layout != layout:
            self._view = view = RepoView(self.store, layout)
        return view


class RepoView(RepoPlaces):
    """The Munki repo in `store`, read and written by one layout."""

    def __init__(self, store: Store, layout: Layout) -> None:
        super().__init__(store, layout)
        self._shared = SharedManifests(store)
        self._missing: TTLCache[str, None] = TTLCache(MAX_MISSING, MISSING_MAX_AGE)
        self._lock = Lock()  # of `_missing`

    def is_current(
        self,
        serial: Serial,
        destination: Destination,
        catalogs: Sequence[str] = DEFAULT_CATALOGS,
        *,
        written: WrittenIncludes | None = None,
    ) -> bool:
        """Return True for a manifest that leads to `destination` already, and to nothing missing.

        Reads only, and takes no lock. Raises like `assign`.
        """

        def look() -> bool:
            _, present = self.present(serial)
            if present is None:
                return False
            if self._merge(serial, present, destination, catalogs, written) != present:
                return False
            self._verify(self.manifest_of(serial), present)
            return True

        return self._retried(look)

    def preview(
        self,
        serial: Serial,
        destination: Destination,
        catalogs: Sequence[str] = DEFAULT_CATALOGS,
        *,
        written: WrittenIncludes | None = None,
    ) -> tuple[bytes | None, bytes]:
        """Return the manifest of `serial` as it is, and as `assign` would leave it.

        Reads only. Raises like `assign` and `check_serial`.
        """
        self.check_serial(serial)
        stored, present = self.present(serial)
        merged = self._merge(serial, present, destination, catalogs, written)
        self._verify(self.manifest_of(serial), merged)
        before = stored.content if stored else None
        if before is not None and merged == present:
            return before, before
        return before, documents.dumps(serial.text, merged)

    def holding(self, serial: Serial) -> AbstractContextManager[None]:
        """Lock the manifest of `serial` against all other calls for this Mac, on any server.

        Keep the lock until all that depends on the manifest is done. Raises RepoUnusable.
        """
        return self._store.holding(FOLDER + self.manifest_of(serial))

    def assign(
        self,
        serial: Serial,
        destination: Destination,
        catalogs: Sequence[str] = DEFAULT_CATALOGS,
        *,
        written: WrittenIncludes | None = None,
        note: ChangeNote = NOBODY,
        replaces_catalogs: bool = False,
    ) -> WriteResult:
        """Make the manifest of `serial`, which is locked, lead to `destination`; read it back.

        It gets `catalogs` where it has none, or else if `replaces_catalogs`. `written` is what
        Rollcall wrote into it before, None where it never did. Safe to repeat. Changes that others
        make meanwhile are kept. Raises ManifestUnreadable (it is left untouched),
        BadInclude or TwoOfAKind (nothing is written), UnknownSite or UnknownBuild for a name
        that the layout does not have, or RepoUnusable.
        """

        def assign() -> WriteResult:
            return self._assign(
                serial, destination, catalogs, written, note, replaces_catalogs=replaces_catalogs
            )

        try:
            return retry(lambda: self._retried(assign), Overtaken, pauses=NO_PAUSE * (ATTEMPTS - 1))
        except Overtaken as error:
            reason = f"the manifest {serial} is not the one written; others change it too"
            raise RepoUnusable(reason) from error

    def _assign(
        self,
        serial: Serial,
        destination: Destination,
        catalogs: Sequence[str],
        written: WrittenIncludes | None,
        note: ChangeNote,
        *,
        replaces_catalogs: bool,
    ) -> WriteResult:
        stored, present = self.present(serial)
        if present is None and written is not None:  # it was there: git removes it and makes it
            time.sleep(RETRY_PAUSE)
            stored, present = self.present(serial)
        base = {**present, "catalogs": []} if replaces_catalogs and present else present
        merged = self._merge(serial, base, destination, catalogs, written)
        self._verify(self.manifest_of(serial), merged)
        if stored is not None and merged == present:
            return self._written(serial, destination, written, merged, stored.content)
        new_content = documents.dumps(serial.text, merged)
        name = FOLDER + self.manifest_of(serial)
        self._store.replace(name, new_content, over=stored, note=note)
        read_back = self._store.read(name)
        if read_back is None or read_back.content != new_content:
            raise Overtaken(name)
        result = self._written(serial, destination, written, merged, new_content)
        before = stored.content if stored else None
        return replace(result, changed=True, before=before, after=new_content)

    def _written(
        self,
        serial: Serial,
        destination: Destination,
        written: WrittenIncludes | None,
        manifest: Manifest,
        content: bytes,
    ) -> WriteResult:
        """The result for a manifest that is as it should be."""
        theirs = written.theirs if written else ()
        catalogs = tuple(manifest["catalogs"])
        includes = WrittenIncludes(self._includes(destination), theirs, catalogs)
        return WriteResult(
            changed=False,
            digest=digest(content),
            includes=includes,
            layout=self.layout.digest,
            name=self.manifest_of(serial),
        )

    def carried_over(
        self, serial: Serial, present: Manifest, twin: Manifest, written: WrittenIncludes | None
    ) -> Manifest:
        """Return the `present` manifest of `serial` with the entries of its `twin`; reads only.

        Of the twin's includes, those that would be Rollcall's own are left out. Raises
        BadInclude, RepoUnusable.
        """
        entries = documents.entries(twin, INCLUDED)
        kinds = ownership.kinds_of(entries, self.kind_of, written)
        others = [entry for entry, kind in zip(entries, kinds, strict=True) if not kind and entry]
        others_only = {**twin, INCLUDED: others}
        merged = documents.joined(present, others_only, self.layout.new_manifest)
        self._verify(self.manifest_of(serial), merged)
        return merged

    def present(self, serial: Serial) -> tuple[Stored | None, Manifest | None]:
        """Return the present manifest as it was read, and parsed; None where there is none.

        Raises ManifestUnreadable, RepoUnusable.
        """
        name = self.manifest_of(serial)
        stored = self._store.read(FOLDER + name)
        return stored, None if stored is None else documents.loads(name, stored.content)

    def _merge(
        self,
        serial: Serial,
        present: Manifest | None,
        destination: Destination,
        catalogs: Sequence[str],
        written: WrittenIncludes | None,
    ) -> Manifest:
        """The manifest as it should be."""
        includes = self._includes(destination)
        return documents.merge(
            present,
            lambda entries: ownership.merge(entries, includes, self.kind_of, written, serial.text),
            catalogs=catalogs,
            new=self.layout.new_manifest,
        )

    def _includes(self, destination: Destination) -> tuple[Include, ...]:
        """The includes of a Mac that goes there. Raises UnknownSite or UnknownBuild."""
        try:
            return self.layout.includes(destination.site, destination.build)
        except KeyError:
            self.places.exact(destination.site, destination.build)
            raise

    def _retried(self, work: Callable[[], Value]) -> Value:
        """Return the result of `work`, again where someone else may be writing in place just now.

        What stays missing is not waited for by each of a thousand Macs that include it.
        """
        try:
            return work()
        except ManifestUnreadable:
            pass
        except MissingInclude as error:
            with self._lock:
                if error.include in self._missing:
                    raise
        time.sleep(RETRY_PAUSE)
        try:
            return work()
        except MissingInclude as error:
            with self._lock:
                self._missing[error.include] = None
            raise

    def _verify(self, name: str, manifest: Manifest) -> None:
        """Raise an error for an include that Munki clients could not follow.

        It is BadLink where the manifest is a link to one that it includes: what is written for one
        Mac would be written for all that include it.
        """
        self._shared.verify(name, manifest)
        if (target := self._store.target(FOLDER + name)) != FOLDER + name:
            for include in named(manifest, INCLUDED):
                if self._store.target(FOLDER + include) == target:
                    reason = f"it is a link to {include}, which it is to include: remove the link"
                    raise BadLink(name, reason)


def digest(content: bytes) -> str:
    """A short hash of a manifest, for people to compare."""
    return hashlib.sha256(content).hexdigest()[:12]
