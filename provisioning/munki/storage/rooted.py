"""A repo that lies in a folder of a place, such as a git repository that holds more than it."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from provisioning.munki.storage.base import ChangeNote, Reader, Store, Stored
from provisioning.munki.storage.changes import Authorship, Changes


class RootedStore:
    """The repo below the folder `root` of another store."""

    def __init__(self, store: Store, root: str) -> None:
        self._store, self._root = store, root
        self.reads_at_once = store.reads_at_once

    def read(self, name: str) -> Stored | None:
        """Return a file; None where there is none."""
        return self._store.read(self._at(name))

    def reader(self) -> Reader:
        """Return a reader of files, for reading many."""
        read = self._store.reader()
        return lambda name: read(self._at(name))

    def replace(self, name: str, content: bytes, *, over: Stored | None, note: ChangeNote) -> None:
        """Make a file hold `content`."""
        self._store.replace(self._at(name), content, over=over, note=note)

    def remove(self, name: str, *, over: Stored, note: ChangeNote) -> None:
        """Remove a file that still is `over`."""
        self._store.remove(self._at(name), over=over, note=note)

    def exists(self, name: str) -> bool:
        """True where there is a file of this name."""
        return self._store.exists(self._at(name))

    def target(self, name: str) -> str:
        """Return the name of the file itself, where a link is on the way."""
        return self._store.target(self._at(name)).removeprefix(self._at(""))

    def has(self, folder: str) -> bool:
        """True where there is such a folder."""
        return self._store.has(self._at(folder))

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the files in a folder."""
        return self._store.names(self._at(folder))

    def tree(self, folder: str) -> Sequence[str]:
        """Return the paths of all that is below a folder."""
        return self._store.tree(self._at(folder))

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the names of all files below a folder."""
        return self._store.walk(self._at(folder))

    def changed(self, folder: str, since: str | None) -> Changes:
        """Return the names that changed below a folder since a token."""
        return self._store.changed(self._at(folder), since)

    def author(self, name: str) -> Authorship | None:
        """Return the last change of a file, where it is known."""
        return self._store.author(self._at(name))

    def holding(self, name: str) -> AbstractContextManager[None]:
        """Hold a file against all other holders of it."""
        return self._store.holding(self._at(name))

    def check(self) -> None:
        """Raise RepoUnusable where no file can be written."""
        self._store.check()

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"
