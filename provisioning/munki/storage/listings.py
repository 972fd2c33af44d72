"""Listings of folders, read again only where a folder changed."""

import errno
import os
import time
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

# A folder's time says nothing of a second change within its own tick: two seconds on old mounts.
SETTLING_TIME = 2.5  # seconds
# Where all Macs' manifests lie beside the sites, each first boot changes the folder: so a large one
# is not read again at once. A tenth of a processor is what its names may cost.
MANY = 50  # names; of no more than these, every change is seen at once
MIN_AGE, AGE_PER_NAME = 0.5, 50e-6  # seconds
MAX_AGE = 2.0  # seconds; changes must be seen within 5, after a fetch too
_ASTRAY = frozenset({errno.ELOOP, errno.ENAMETOOLONG, errno.EACCES})


@dataclass(frozen=True, slots=True)
class _Listed:
    """The visible files and folders in one folder, sorted; `linked` are folders by a link."""

    files: Sequence[str]
    folders: Sequence[str]
    linked: Set[str]


@dataclass(frozen=True, slots=True)
class _Tree:
    """The paths in a folder, or below it too, what they were made of, and when it was looked at."""

    folders: tuple[tuple[str, _Listed], ...]
    paths: Sequence[str]
    looked_at: float


class Listings:
    """Lists of what is in folders. A look costs one system call a folder, not one a file.

    A list of more than MANY names may be as old as MAX_AGE. A link is left out where `is_inside`
    is False for its path: it cannot be read.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        is_inside: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._clock, self._is_inside = clock, is_inside
        self._listed: dict[str, tuple[int, _Listed]] = {}
        self._trees: dict[tuple[str, bool], _Tree] = {}

    def of(self, folder: str) -> Sequence[str]:
        """Return the files in `folder`, sorted, dot-files left out.

        The same object as the last time where nothing changed. Raises OSError.
        """
        return self._paths(folder, deep=False)

    def below(self, folder: str) -> Sequence[str]:
        """Return the paths of all files and folders below `folder`, sorted, dot-names left out.

        A folder's ends in `/`. A link to a folder that it lies in is passed over. The same object
        as the last time where nothing changed. Raises OSError.
        """
        return self._paths(folder, deep=True)

    def _paths(self, folder: str, *, deep: bool) -> Sequence[str]:
        tree, now = self._trees.get((folder, deep)), self._clock()
        if tree and now - tree.looked_at < good_for(len(tree.paths)):
            return tree.paths
        if tree:  # one thread looks, and the others go on with what there is
            self._trees[folder, deep] = replace(tree, looked_at=now)
        folders = tuple(self._walk(folder)) if deep else (("", self._look(folder)),)
        if tree and _are_same(tree.folders, folders):
            paths = tree.paths
        else:
            paths = tuple(sorted(_paths(folders))) if deep else folders[0][1].files
        self._trees[folder, deep] = _Tree(folders, paths, now)
        return paths

    def _walk(
        self, folder: str, within: str = "", around: Sequence[str] = ()
    ) -> Iterator[tuple[str, _Listed]]:
        """Yield each folder below `folder`, by its path from the top; `around` are those it is in.

        Only a link has them compared by their real paths, which take many questions to find.
        """
        try:
            listed, around = self._look(folder), (*around, folder)
        except PermissionError:  # such as lost+found, at the top of a disk
            if within:
                return
            raise
        yield within, listed
        for name in listed.folders:
            inner = f"{folder}/{name}"
            is_link = name in listed.linked
            if is_link and os.path.realpath(inner) in map(os.path.realpath, around):
                continue
            yield from self._walk(inner, f"{within}{name}/", around)

    def _look(self, folder: str) -> _Listed:
        changed = os.stat(folder).st_mtime_ns
        known = self._listed.get(folder)
        if known is not None and known[0] == changed:
            return known[1]
        listed = _listed(folder, self._is_inside)
        if known is not None and known[1] == listed:
            listed = known[1]
        settled = time.time() - changed / 1e9 > SETTLING_TIME
        self._listed[folder] = (changed if settled else -1, listed)
        return listed


def good_for(names: int) -> float:
    """Return the seconds for which a list of so many names is not made again."""
    return max(MIN_AGE, min(names * AGE_PER_NAME, MAX_AGE)) if names > MANY else 0.0


def _are_same(before: Sequence[tuple[str, _Listed]], after: Sequence[tuple[str, _Listed]]) -> bool:
    return len(before) == len(after) and all(
        old[0] == new[0] and old[1] is new[1] for old, new in zip(before, after, strict=True)
    )


def _paths(folders: Sequence[tuple[str, _Listed]]) -> Iterator[str]:
    for within, listed in folders:
        if within:
            yield within
        yield from (within + name for name in listed.files)


def _listed(folder: str, is_inside: Callable[[str], bool]) -> _Listed:
    files, folders, linked = [], [], set[str]()
    with os.scandir(folder) as entries:
        for entry in entries:
            is_astray = entry.is_symlink() and not is_inside(entry.path)
            if entry.name.startswith(".") or is_astray:
                continue
            is_file, is_folder = _kind(entry)
            if is_file:
                files.append(entry.name)
            elif is_folder:
                folders.append(entry.name)
                if entry.is_symlink():
                    linked.add(entry.name)
    return _Listed(tuple(sorted(files)), tuple(sorted(folders)), linked)


def _kind(entry: "os.DirEntry[str]") -> tuple[bool, bool]:
    """True for a file, and for a folder; for a link what it leads to, which may be nothing.

    One that leads to itself, or to where this user may not look, must not hide all others.
    """
    try:
        return entry.is_file(), entry.is_dir()
    except OSError as error:
        if error.errno not in _ASTRAY or not entry.is_symlink():
            raise
        return False, False
