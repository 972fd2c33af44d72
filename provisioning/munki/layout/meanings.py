"""The paths that a layout gives a meaning: no Mac's own manifest may have one of them."""

from collections.abc import Iterator

from provisioning.munki.layout.index import PlaceIndex
from provisioning.munki.layout.layout import Layout, ManifestKind


class Meanings:
    """An index of the paths that mean something by the layout of `places`, in any case."""

    def __init__(self, places: PlaceIndex) -> None:
        self._layout, self._by_path = places.layout, dict[str, str]()
        for path, meaning in _meanings(places):
            self._by_path.setdefault(path.casefold(), meaning)

    def of(self, serial: str) -> str | None:
        """Return the meaning of the path of a Mac's own manifest, for people; None for none."""
        path = self._layout.manifest_of(serial)
        if kind := self._layout.kind_of(path):
            return _NAMED[kind]
        if meaning := self._by_path.get(path.casefold()):
            return meaning
        folders = _folders(serial) if not self._layout.macs else ()
        met = (self._by_path.get(folder.casefold()) for folder in folders)
        return next((meaning for meaning in met if meaning in _NAMED.values()), None)


_NAMED = {
    ManifestKind.ALWAYS: "the name of a manifest that every Mac includes",
    ManifestKind.SITE: "the name of a site",
    ManifestKind.BUILD: "the name of a build",
}


def _meanings(places: PlaceIndex) -> Iterator[tuple[str, str]]:
    """Yield each path and its meaning, the manifests before the folders that they are in."""
    layout: Layout = places.layout
    paths = [*((ManifestKind.ALWAYS, path) for path in layout.always), *places.covered]
    for kind, path in paths:
        yield path.rstrip("/"), _NAMED[kind]
    for kind, path in paths:
        for folder in _folders(path.rstrip("/")):
            yield folder, f"the folder of {_OF[kind]}"
    if layout.macs:
        for folder in (layout.macs, *_folders(layout.macs)):
            yield folder, "the folder of Macs' own manifests"


_OF = {
    ManifestKind.ALWAYS: "a manifest that every Mac includes",
    ManifestKind.SITE: "a site",
    ManifestKind.BUILD: "a build",
}


def _folders(path: str) -> Iterator[str]:
    """Yield the folders that a path is in, the nearest first."""
    while path := path.rpartition("/")[0]:
        yield path
