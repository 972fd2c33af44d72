"""The places of a Munki repo: its sites and builds, and the names that mean one of them."""

from collections.abc import Sequence

from infrastructure.findings import Finding
from infrastructure.text import Sentence
from provisioning.munki.errors import MissingAlways, SerialMeansSomething
from provisioning.munki.layout import Destination, Layout, ManifestKind
from provisioning.munki.layout.finder.keeping_out import keeps_out
from provisioning.munki.layout.index import PlaceIndex
from provisioning.munki.layout.listed_places import ListedPlaces
from provisioning.munki.manifests.documents import FOLDER
from provisioning.munki.manifests.namesakes import ManifestFinder, MixedNames, Namesakes
from provisioning.munki.manifests.reading import IncludedManifests
from provisioning.munki.storage import Store
from provisioning.values.serials import Serial


class RepoPlaces:
    """The places in `store` by one layout, and the manifests of host names; reads only."""

    def __init__(self, store: Store, layout: Layout) -> None:
        self._store, self.layout = store, layout
        self._places = ListedPlaces(store, layout)
        self._namesakes = Namesakes.of(())
        self._included = IncludedManifests(store)
        self._mixed = MixedNames(lambda: store.names(f"{FOLDER}{layout.macs}".rstrip("/")))

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

        It means something by the layout, or another manifest includes it: to find
        that out, all manifests may be read, so do not call it with a lock held. Raises
        RepoUnusable.
        """
        self.check_serial(serial)
        name = self.manifest_of(serial)
        if self._store.exists(FOLDER + name) and self._included.has(name):
            meaning = Sentence("the name of a manifest that others include")
            raise SerialMeansSomething(serial.text, meaning)

    def namesakes(self) -> ManifestFinder:
        """Return a lookup of the present manifests by host names. Raises RepoUnusable."""
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

    def twin(self, serial: Serial) -> str | None:
        """Return the path of a manifest that is a Mac's own but for the case of its name, or None.

        None too where it has its own, as it has on a disk that ignores case. Lists the folder.
        Raises RepoUnusable.
        """
        own = self.manifest_of(serial)
        if self._store.exists(FOLDER + own):
            return None
        folder, slash, name = own.rpartition("/")
        found = Namesakes.of(self._store.names(f"{FOLDER}{folder}".rstrip("/"))).look(name)
        return found and f"{folder}{slash}{found}"

    def twins(self, serial: Serial) -> list[str]:
        """Return the paths that may be a Mac's twin: its own in lower, in upper and in mixed case.

        Those in mixed case are of a listing that may be MAX_AGE seconds old, as one for each call
        of a Mac would cost too much. Raises RepoUnusable.
        """
        folder, slash, name = self.manifest_of(serial).rpartition("/")
        cases = {name.lower(), name.upper()}
        if folder == self.layout.macs:
            cases |= {*self._mixed.of(name)}
        return [f"{folder}{slash}{each}" for each in sorted(cases - {name})]

    def kind_of(self, path: str) -> ManifestKind | None:
        """Return the kind of an include by this layout; a build is one of a site that there is.

        On a disk that ignores case, so is one that differs from it only in case.
        """
        kind = self.layout.kind_of(path)
        if kind is None:
            path = self._places.latest().path_of(path)
            kind = self.layout.kind_of(path)
        builds = self.layout.builds
        if kind is not ManifestKind.BUILD or builds is None or not builds.needs_site:
            return kind
        sites = (reading.site or "" for reading in builds.readings(path))
        return kind if any(map(self.places.has_site, sites)) else None

    def check(self) -> None:
        """Raise RepoUnusable or MissingAlways where no manifest could be written at all."""
        self._store.check()
        for path in self.layout.always:
            if not self._store.exists(FOLDER + path):
                raise MissingAlways(path)

    def keeps_out(self) -> Sequence[Finding]:
        """Return the findings that keep all Macs out, such as a layout that does not fit the repo.

        Raises RepoUnusable.
        """
        places = self._places.in_what_is_there()
        return keeps_out(places, lambda path: self._store.exists(FOLDER + path))
