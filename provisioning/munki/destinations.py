"""An index of sites and builds for lists of Macs: destinations looked up, faults in plain words."""

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache

from provisioning.munki.errors import UnknownDestination, UnknownSite
from provisioning.munki.layout import Destination
from provisioning.munki.layout.meanings import Meanings
from provisioning.munki.manifests.namesakes import ManifestFinder
from provisioning.munki.repo import RepoView
from provisioning.values.serials import Serial

MAX_ADVISED = 50  # unknown names for which similar ones are searched, because that is slow


class DestinationIndex:
    """An index of the sites and builds of the Munki repo at one moment, and of their kinds.

    `known` are the names of the sites and of the builds, None for a kind that the repo lacks.
    `is_told` is True for the sites that a fault may name where another one was written. Raises
    RepoUnusable when it is made.
    """

    def __init__(self, repo: RepoView, is_told: Callable[[str], bool] = lambda _: True) -> None:
        self._repo, self._places, self._is_told = repo, repo.places, is_told
        self.sites, self.builds = self._places.sites, self._places.builds()
        layout = repo.layout
        self.kinds = layout.kinds
        self.known: tuple[Sequence[str] | None, Sequence[str] | None] = (
            None if layout.sites is None else self.sites,
            None if layout.builds is None else self.builds,
        )
        self._advised = 0
        self.look_up = lru_cache(maxsize=10_000)(self._look_up)

    @cached_property
    def _meanings(self) -> Meanings:
        return Meanings(self._places)

    @cached_property
    def namesakes(self) -> ManifestFinder:
        """A lookup of manifests by host names; the folder is listed at the first use."""
        return self._repo.namesakes()

    def meaning_of(self, serial: Serial) -> str | None:
        """Return the reason in plain words why no Mac can have this serial; None for a good one."""
        meaning = self._meanings.of(serial.text)
        return meaning and f"is {meaning} in the Munki repo, so it can be no Mac's"

    def _look_up(self, site: str | None, build: str | None) -> Destination | str:
        """Return the destination of these names, or a reason in plain words for people."""
        layout = self._places.layout
        names = {"site": site if layout.sites else "-", "build": build if layout.builds else "-"}
        missing = [kind for kind, name in names.items() if not name]
        if missing:
            return f"names no {' and no '.join(missing)}"
        self._advised += 1
        try:
            found = self._places.meant(
                site or "", build or "", advised=self._advised <= MAX_ADVISED
            )
        except UnknownDestination as error:
            kind, near = error.kind, error.nearest
            if isinstance(error, UnknownSite):
                near = tuple(filter(self._is_told, near))
            advice = f"; did you mean {' or '.join(near)}?" if near else ""
            return f"is for {error.name[:75]!r}, and there is no {kind} of that name{advice}"
        self._advised -= 1
        return Destination(*found, layout)
