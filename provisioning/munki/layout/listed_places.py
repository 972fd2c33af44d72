"""The sites and builds of a layout, listed in a store when they are asked for."""

from collections.abc import Sequence
from operator import is_not

from provisioning.munki.errors import RepoUnusable
from provisioning.munki.layout.forms import FolderListing
from provisioning.munki.layout.index import PlaceIndex
from provisioning.munki.layout.layout import Layout
from provisioning.munki.layout.meanings import Meanings
from provisioning.munki.manifests.reading import MANIFESTS
from provisioning.munki.storage import Store, ignores_case


class ListedPlaces:
    """The places that a layout has in a store; each index is kept until something changes."""

    def __init__(self, store: Store, layout: Layout) -> None:
        self._store, self._layout = store, layout
        self._index: tuple[tuple[Sequence[str], ...], PlaceIndex] | None = None
        self._meanings: tuple[PlaceIndex, Meanings] | None = None

    def now(self) -> PlaceIndex:
        """Return the index as it is now. Raises RepoUnusable, where a folder is missing too."""
        listed = tuple(map(self._list, self._layout.listings))
        index = self._index
        if index is None or any(map(is_not, listed, index[0])):
            index = self._index = listed, self._index_of(listed)
        return index[1]

    def latest(self) -> PlaceIndex:
        """Return the index of the last look; where there was none, as `now`."""
        return self._index[1] if self._index else self.now()

    def in_what_is_there(self) -> PlaceIndex:
        """Return the index, where a folder of the layout is missing too. Raises RepoUnusable."""
        try:
            return self.now()
        except RepoUnusable:
            there = [self._store.has(_folder(listing)) for listing in self._layout.listings]
            if all(there):
                raise
            pairs = zip(self._layout.listings, there, strict=True)
            listed = [self._list(listing) if is_there else () for listing, is_there in pairs]
            return self._index_of(listed)

    def meanings(self) -> Meanings:
        """Return the meanings of paths as they are now. Raises RepoUnusable."""
        places, known = self.now(), self._meanings
        if known is None or known[0] is not places:
            known = self._meanings = places, Meanings(places)
        return known[1]

    def _index_of(self, listed: Sequence[Sequence[str]]) -> PlaceIndex:
        paths = self._paths(listed)
        files = [f"{MANIFESTS}/{path}" for path in paths if not path.endswith("/")]
        return PlaceIndex(self._layout, paths, lambda: ignores_case(self._store, files))

    def _paths(self, listed: Sequence[Sequence[str]]) -> Sequence[str]:
        """The paths below `manifests/` of all that is listed, sorted."""
        pairs = zip(self._layout.listings, listed, strict=True)
        return sorted(
            {
                f"{listing.folder}/{path}".removeprefix("/")
                for listing, found in pairs
                for path in found
            }
        )

    def _list(self, listing: FolderListing) -> Sequence[str]:
        folder = _folder(listing)
        return self._store.tree(folder) if listing.deep else self._store.names(folder)


def _folder(listing: FolderListing) -> str:
    return f"{MANIFESTS}/{listing.folder}".rstrip("/")
