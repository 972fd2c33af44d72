"""A Munki repo: its sites and builds, and the one way to change a Mac's manifest."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from infrastructure.findings import Finding
from infrastructure.retry import AT_ONCE, retry
from provisioning.munki.audit import IncludedManifests
from provisioning.munki.errors import (
    MissingAlways,
    MissingInclude,
    RepoUnusable,
    SerialMeansSomething,
)
from provisioning.munki.layout import (
    DEFAULT,
    Destination,
    Include,
    Kind,
    Layout,
    ownership,
)
from provisioning.munki.layout.finder.keeping_out import keeps_out
from provisioning.munki.layout.index import PlaceIndex
from provisioning.munki.layout.listed_places import ListedPlaces
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.munki.manifests import documents
from provisioning.munki.manifests.documents import (
    CATALOGS,
    FOLDER,
    INCLUDED,
    Manifest,
)
from provisioning.munki.manifests.includes import SharedManifests, named
from provisioning.munki.manifests.namesakes import Look, Namesakes
from provisioning.munki.storage import NOBODY, ChangeNote, Overtaken, Store, Stored
from provisioning.values.serials import Serial

ATTEMPTS = 5  # at a manifest that others change at the same time


@dataclass(frozen=True, slots=True)
class Written:
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


class RepoView:
    """The Munki repo in `store`, read and written by one layout."""

    def __init__(self, store: Store, layout: Layout) -> None:
        self._store, self.layout = store, layout
        self._places = ListedPlaces(store, layout)
        self._namesakes = Namesakes.of(())
        self._shared = SharedManifests(store)
        self._included = IncludedManifests(store)

    @property
    def places(self) -> PlaceIndex:
        """The index of sites and builds as they are now. Raises RepoUnusable."""
        return self._places.now()

    def sites(self) -> list[str]:
        """The names of all sites, sorted."""
        return list(self.places.sites)

    def builds(self, site: str | None = None) -> list[str]:
        """The names of the builds that a site may have, or of all builds, sorted."""
        return list(self.places.builds(site))

    def destination(self, site: str, build: str) -> Destination:
        """Return the site and build that a person meant by these names, typed in any case.

        Raises UnknownSite or UnknownBuild, with the nearest names that exist.
        """
        return Destination(*self.places.meant(site, build), self.layout)

    def exact_destination(self, site: str, build: str) -> Destination:
        """Return the site and build of these whole names, in any case, as scripts write them.

        Raises UnknownSite or UnknownBuild, with the nearest names that exist.
        """
        return Destination(*self.places.exact(site, build), self.layout)

    def site(self, name: str) -> str:
        """Return the site that a person meant by this name. Raises UnknownSite."""
        return self.places.site(name)

    def manifest_of(self, serial: Serial) -> str:
        """Return the path of a Mac's own manifest below `manifests/`."""
        return self.layout.manifest_of(serial.text)

    def check_serial(self, serial: Serial) -> None:
        """Raise SerialMeansSomething for a serial that the layout gives a meaning, RepoUnusable."""
        if meaning := self._places.meanings().of(serial.text):
            raise SerialMeansSomething(serial.text, meaning)

    def check_own(self, serial: Serial) -> None:
        """Raise SerialMeansSomething where a manifest that Rollcall never wrote is no Mac's own.

        It means something by the layout, or another manifest includes it: for that, all manifests
        may have to be read, so this is no question for a call that holds a lock. Raises
        RepoUnusable.
        """
        self.check_serial(serial)
        name = self.manifest_of(serial)
        if self._store.exists(FOLDER + name) and self._included.has(name):
            meaning = "the name of a manifest that others include"
            raise SerialMeansSomething(serial.text, meaning)

    def namesakes(self) -> Look:
        """Return a look-up of the present manifests by host names. Raises RepoUnusable."""
        listed = self._store.names(FOLDER.rstrip("/"))
        if listed is not self._namesakes.listed:
            self._namesakes = Namesakes.of(listed)
        return self._namesakes.look

    def namesake(self, host: str) -> str | None:
        """Return the manifest of one host name, as the repo's store compares names, or None.

        It lists no folder, which would cost too much in a Mac's call. Raises RepoUnusable.
        """
        cases = dict.fromkeys((host, host.lower(), host.upper()))
        return next((name for name in cases if self._store.exists(FOLDER + name)), None)

    def is_right(
        self,
        serial: Serial,
        destination: Destination,
        catalogs: Sequence[str] = CATALOGS,
        *,
        written: WrittenIncludes | None = None,
    ) -> bool:
        """Return True for a manifest that leads to `destination` already, and to nothing missing.

        Reads only, and takes no lock. Raises like `assign`.
        """
        _, present = self.present(serial)
        if present is None:
            return False
        if self._merge(serial, present, destination, catalogs, written) != present:
            return False
        self._verify(self.manifest_of(serial), present)
        return True

    def preview(
        self,
        serial: Serial,
        destination: Destination,
        catalogs: Sequence[str] = CATALOGS,
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
        catalogs: Sequence[str] = CATALOGS,
        *,
        written: WrittenIncludes | None = None,
        note: ChangeNote = NOBODY,
        anew: bool = False,
    ) -> Written:
        """Make the manifest of `serial`, which is locked, lead to `destination`; read it back.

        It gets `catalogs` where it has none, or where they are set `anew`. `written` is what
        Rollcall wrote into it before, None where it never did. Safe to repeat. Changes that others
        make meanwhile are kept. Raises ManifestUnreadable (it is left untouched), MissingInclude
        or TwoOfAKind (nothing is written), UnknownSite or UnknownBuild for a name that the layout
        does not have, or RepoUnusable.
        """
        try:
            return retry(
                lambda: self._assign(serial, destination, catalogs, written, note, anew=anew),
                Overtaken,
                pauses=AT_ONCE * (ATTEMPTS - 1),
            )
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
        anew: bool,
    ) -> Written:
        stored, present = self.present(serial)
        base = {**present, "catalogs": []} if anew and present else present
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
    ) -> Written:
        """The result for a manifest that is as it should be."""
        theirs = written.theirs if written else ()
        catalogs = tuple(manifest["catalogs"])
        includes = WrittenIncludes(self._includes(destination), theirs, catalogs)
        return Written(
            changed=False,
            digest=digest(content),
            includes=includes,
            layout=self.layout.digest,
            name=self.manifest_of(serial),
        )

    def check(self) -> None:
        """Raise RepoUnusable or MissingAlways where no manifest could be written at all."""
        self._store.check()
        for path in self.layout.always:
            if not self._store.exists(FOLDER + path):
                raise MissingAlways(path)

    def keeps_out(self) -> Sequence[Finding]:
        """Return what keeps Macs out, such as a layout of which the repo has nothing.

        Raises RepoUnusable.
        """
        places = self._places.in_what_is_there()
        return keeps_out(places, lambda path: self._store.exists(FOLDER + path))

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

    def _includes(self, to: Destination) -> tuple[Include, ...]:
        """The includes of a Mac that goes there. Raises UnknownSite or UnknownBuild."""
        try:
            return self.layout.includes(to.site, to.build)
        except KeyError:
            self.places.exact(to.site, to.build)
            raise

    def kind_of(self, path: str) -> Kind | None:
        """Return the kind of an include by this layout; a build is one of a site that there is."""
        kind = self.layout.kind_of(path)
        builds = self.layout.builds
        if kind is not Kind.BUILD or builds is None or not builds.needs_site:
            return kind
        sites = (reading.site or "" for reading in builds.readings(path))
        return kind if any(map(self.places.has_site, sites)) else None

    def _verify(self, name: str, manifest: Manifest) -> None:
        """Raise MissingInclude where a manifest includes one that does not exist."""
        includes = tuple(named(manifest, INCLUDED))
        for include in includes:
            if not self._store.exists(FOLDER + include):
                raise MissingInclude(name, include)
        self._shared.verify(includes)


def digest(content: bytes) -> str:
    """A short hash of a manifest, for people to compare."""
    return hashlib.sha256(content).hexdigest()[:12]
