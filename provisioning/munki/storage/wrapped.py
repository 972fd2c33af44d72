"""Stores that hand their calls to another one: below a folder of it, or timed."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from provisioning.munki.errors import RepoReadOnly, RepoUnusable
from provisioning.munki.storage.base import ChangeNote, Reader, Store, Stored
from provisioning.munki.storage.changes import Authorship, Changes

Value = TypeVar("Value")


class WrappedStore:
    """Another store; its methods are those of `Store`.

    A kind of it says by `_at` what the other store calls a file, and by `_timed` what is done
    around a call of one file.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads_at_once = store.reads_at_once

    def _at(self, name: str) -> str:
        return name

    def _timed(self, _: str, work: Callable[[], Value]) -> Value:
        return work()

    def read(self, name: str) -> Stored | None:
        """Return a file; None where there is none."""
        return self._timed("read", lambda: self._store.read(self._at(name)))

    def reader(self) -> Reader:
        """Return a reader of files, for reading many, which is not timed."""
        read = self._store.reader()
        return lambda name: read(self._at(name))

    def replace(self, name: str, content: bytes, *, over: Stored | None, note: ChangeNote) -> None:
        """Make a file hold `content`."""
        at = self._at(name)
        self._timed("write", lambda: self._store.replace(at, content, over=over, note=note))

    def remove(self, name: str, *, over: Stored, note: ChangeNote) -> None:
        """Remove a file that still is `over`."""
        at = self._at(name)
        self._timed("remove", lambda: self._store.remove(at, over=over, note=note))

    def exists(self, name: str) -> bool:
        """True where there is a file of this name; not timed, being asked often."""
        return self._store.exists(self._at(name))

    def target(self, name: str) -> str:
        """Return the name of the file itself, where a link is on the way; not timed."""
        return self._store.target(self._at(name)).removeprefix(self._at(""))

    def has(self, folder: str) -> bool:
        """Return True where a folder is there."""
        return self._store.has(self._at(folder))

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the files in a folder."""
        return self._timed("list", lambda: self._store.names(self._at(folder)))

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
        self._timed("check", self._store.check)


class RootedStore(WrappedStore):
    """The repo below the folder `root` of a store, such as one in git that holds more than it."""

    def __init__(self, store: Store, root: str) -> None:
        super().__init__(store)
        self._root = root

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"


class CallNote(Protocol):
    """A receiver of calls of a repo: the kind of store, the kind of call, and its seconds."""

    def __call__(self, backend: str, call: str, seconds: float, *, failed: bool) -> None:
        """Take one; `failed` where the repo could not be used."""


class TimedStore(WrappedStore):
    """A store of a kind that is called `backend`; `note` gets the calls of one file."""

    def __init__(self, store: Store, backend: str, note: CallNote) -> None:
        super().__init__(store)
        self._backend, self._note = backend, note

    def _timed(self, call: str, work: Callable[[], Value]) -> Value:
        """Return the result of `work`. A context manager would take longer than some calls."""
        started_at = time.perf_counter()
        failed = False
        try:
            return work()
        except RepoUnusable as error:
            failed = not isinstance(error, RepoReadOnly)
            raise
        finally:
            seconds = time.perf_counter() - started_at
            self._note(self._backend, call, seconds, failed=failed)
