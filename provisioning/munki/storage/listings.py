"""Listings of folders, read again only where a folder changed."""

import os
import time
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

# A folder's time says nothing of a second change within its own tick: two seconds on old mounts.
SETTLED = 2.5  # seconds
MANY = 32  # folders: below more of them, changes are looked for every GLANCE
GLANCE = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class _Listed:
    """The visible files and folders in one folder, sorted; `linked` are folders by a link."""

    files: Sequence[str]
    folders: Sequence[str]
    linked: Set[str]


@dataclass(frozen=True, slots=True)
class _Tree:
    """All that is below a folder, what it was made of, and the moment of the last look."""

    folders: tuple[tuple[str, _Listed], ...]
    paths: Sequence[str]
    looked_at: float


class Listings:
    """Lists of what is in folders. A look costs one question a folder, not one a file."""

    def __init__(self) -> None:
        self._listed: dict[str, tuple[int, _Listed]] = {}
        self._trees: dict[str, _Tree] = {}

    def of(self, folder: str) -> Sequence[str]:
        """Return the files in `folder`, sorted, dot-files left out.

        The same object as the last time where nothing changed. Raises OSError.
        """
        return self._look(folder).files

    def below(self, folder: str) -> Sequence[str]:
        """Return the paths of all files and folders below `folder`, sorted, dot-names left out.

        A folder's ends in `/`. A link to a folder that it lies in is passed over. The same object
        as the last time where nothing changed. Raises OSError.
        """
        tree, now = self._trees.get(folder), time.monotonic()
        if tree and len(tree.folders) > MANY and now - tree.looked_at < GLANCE:
            return tree.paths
        folders = tuple(self._walk(folder))
        if tree is None or not _are_same(tree.folders, folders):
            paths: Sequence[str] = tuple(sorted(_paths(folders)))
        else:
            paths = tree.paths
        self._trees[folder] = _Tree(folders, paths, now)
        return paths

    def _walk(
        self, folder: str, within: str = "", around: Sequence[str] = ()
    ) -> Iterator[tuple[str, _Listed]]:
        """Yield each folder below `folder`, by its path from the top; `around` are those it is in.

        Only a link has them compared by their real paths, which take many questions to find.
        """
        listed, around = self._look(folder), (*around, folder)
        yield within, listed
        for name in listed.folders:
            inner = f"{folder}/{name}"
            if name in listed.linked and _leads_back(inner, around):
                continue
            yield from self._walk(inner, f"{within}{name}/", around)

    def _look(self, folder: str) -> _Listed:
        changed = os.stat(folder).st_mtime_ns
        known = self._listed.get(folder)
        if known is not None and known[0] == changed:
            return known[1]
        listed = _listed(folder)
        if known is not None and known[1] == listed:
            listed = known[1]
        settled = time.time() - changed / 1e9 > SETTLED
        self._listed[folder] = (changed if settled else -1, listed)
        return listed


def _leads_back(link: str, around: Sequence[str]) -> bool:
    return os.path.realpath(link) in map(os.path.realpath, around)


def _are_same(before: Sequence[tuple[str, _Listed]], after: Sequence[tuple[str, _Listed]]) -> bool:
    return len(before) == len(after) and all(
        one[0] == other[0] and one[1] is other[1] for one, other in zip(before, after, strict=True)
    )


def _paths(folders: Sequence[tuple[str, _Listed]]) -> Iterator[str]:
    for within, listed in folders:
        if within:
            yield within
        yield from (within + name for name in listed.files)


def _listed(folder: str) -> _Listed:
    files, folders, linked = [], [], set[str]()
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith("."):
                if entry.is_file():
                    files.append(entry.name)
                elif entry.is_dir():
                    folders.append(entry.name)
                    if entry.is_symlink():
                        linked.add(entry.name)
    return _Listed(tuple(sorted(files)), tuple(sorted(folders)), linked)
