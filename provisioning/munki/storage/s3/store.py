"""The store of a repo in a bucket of an S3-compatible server; imported only where it is used."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Lock

from infrastructure.filesystem.locks import STRIPES, stripe
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.storage.base import ChangeNote, Reader, Stored, resolved
from provisioning.munki.storage.changes import SECOND, Authorship, Changes, by_times
from provisioning.munki.storage.s3 import objects
from provisioning.munki.storage.s3.cache import MAX_AGE, NameCache
from provisioning.munki.storage.s3.client import TIMEOUTS, BucketConnection, Clients, Timeouts

SCHEME = "s3://"
PROBE = "manifests/.rollcall-probe"  # Munki's tools pass over names that begin with a dot
LONGEST_KEY = 1024  # bytes
MAX_PAGES = 5_000  # of a thousand files each, in one listing
WRITE_CHECK_INTERVAL = 60  # seconds until a bucket that could be written is tried again


class BucketStore:
    """The store at `place`, such as `s3://bucket/prefix`.

    Changes by others in a folder are seen after `max_age` seconds.
    """

    reads_at_once = 16

    def __init__(
        self,
        place: str,
        timeouts: Timeouts = TIMEOUTS,
        *,
        clients: Clients | None = None,
        max_age: float = MAX_AGE,
    ) -> None:
        self._bucket, _, prefix = place.removeprefix(SCHEME).partition("/")
        self._prefix = f"{prefix.strip('/')}/".lstrip("/")
        self._connection = BucketConnection(self._bucket, timeouts, clients or Clients(timeouts))
        self._recalled = NameCache(self._look, max_age)
        self._trees = NameCache(self._look_below, max_age)
        self._held = timeouts.held
        self._locks = [Lock() for _ in range(STRIPES)]
        self._is_safe, self._probing = False, Lock()
        self._probed = float("-inf")

    def read(self, name: str) -> Stored | None:
        """Return a file, with its ETag as its version."""
        where = self._at(name)
        return self._connection.ask(lambda client, _: objects.fetch(client, where, name))

    def reader(self) -> Reader:
        """Return a reader of files, with one request for each."""
        return self.read

    def replace(self, name: str, content: bytes, *, over: Stored | None, note: ChangeNote) -> None:
        """Replace a file by `content`. A bucket keeps no history, so `note` is not used."""
        where = self._at(name)
        self._be_safe()
        self._connection.ask(
            lambda client, again: objects.put(client, where, content, over, again=again)
        )
        if over is None:
            self._forget(name)

    def remove(self, name: str, *, over: Stored, note: ChangeNote) -> None:
        """Remove a file that still is `over`."""
        where = self._at(name)
        self._connection.ask(lambda client, again: objects.remove(client, where, over, again=again))
        self._forget(name)

    def exists(self, name: str) -> bool:
        """True where there is a file of this name. That a file is missing is not cached."""
        inside = resolved(name)
        if inside is None or not self._can_be(inside):
            return False
        if self._recalled.has(inside):
            return True
        where = self._at(inside)
        is_there = self._connection.ask(lambda client, _: objects.is_there(client, where))
        if is_there:
            self._recalled.saw(inside)
        return is_there

    def target(self, name: str) -> str:
        """Return the name: a bucket has no links."""
        return name

    def has(self, folder: str) -> bool:
        """Return True where there is anything below a folder."""
        return next(self._keys(folder, flat=False), None) is not None

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the files in a folder, from the cache."""
        return self._recalled.names(folder)

    def tree(self, folder: str) -> Sequence[str]:
        """Return the paths of all that is below a folder, as it was a moment ago."""
        return self._trees.names(folder)

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the names of all files below a folder, a thousand with each request."""
        return (name for name, _ in self._dated(folder))

    def changed(self, folder: str, since: str | None) -> Changes:
        """Return the names that changed below a folder, by the objects' times: whole seconds."""
        times = ((name, int(at.timestamp()) * SECOND) for name, at in self._dated(folder))
        return by_times(times, since, time.time_ns())

    def author(self, name: str) -> Authorship | None:
        """Return None: a bucket does not tell who changed a file."""
        return None

    @contextmanager
    def holding(self, name: str) -> Iterator[None]:
        """Lock a file against the other threads of this process, for `held` seconds at most.

        More is not needed: where another process is faster, `replace` is refused. A lock in the
        bucket would cost two more requests, and would stay after a crash.
        """
        lock = self._locks[stripe(name)]
        with self._connection.within(self._held):
            if not lock.acquire(timeout=self._held):
                raise RepoUnusable(f"calls for the bucket {self._bucket} have to wait too long")
            try:
                yield
            finally:
                lock.release()

    def check(self) -> None:
        """Raise RepoUnusable where no file can be written, or changes by others would be lost."""
        if next(self._keys("manifests", flat=False), None) is None:
            place = f"{SCHEME}{self._bucket}/{self._prefix}manifests/"
            raise RepoUnusable(f"there is nothing below {place}; look at MUNKI_REPO")
        if time.monotonic() - self._probed > WRITE_CHECK_INTERVAL:
            with self._probing:
                self._probe()
        self._be_safe()

    def _be_safe(self) -> None:
        """Raise RepoUnusable for a bucket that might lose a change; a good one is probed once."""
        with self._probing:
            if not self._is_safe:
                self._probe()
        if not self._is_safe:
            raise RepoUnusable(
                f"the server of the bucket {self._bucket} knows no If-Match and If-None-Match, so "
                "that changes could be lost; use one that does, or a folder or git"
            )

    def _probe(self) -> None:
        """Try to replace a file that exists; a refusal costs nothing and leaves no version."""
        where = self._at(PROBE)
        self._is_safe = self._connection.ask(lambda client, _: objects.refuses(client, where))
        self._probed = time.monotonic()

    def _forget(self, name: str) -> None:
        self._recalled.forget(name)
        self._trees.forget(name)

    def _look_below(self, folder: str) -> Sequence[str]:
        """All files below a folder, and the folders that their keys imply."""
        files = list(self.walk(folder))
        ends = ((name, at) for name in files for at, letter in enumerate(name, 1) if letter == "/")
        return tuple(sorted({*files, *(name[:at] for name, at in ends)}))

    def _look(self, folder: str) -> Sequence[str]:
        keys = self._keys(folder, flat=True)
        return tuple(sorted(name for name in keys if not name.startswith(".")))

    def _dated(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """All visible files below a folder, each with the time of its last change."""
        for name, at in self._entries(folder, flat=False):
            if not any(part.startswith(".") for part in name.split("/")):
                yield name, at

    def _keys(self, folder: str, *, flat: bool) -> Iterator[str]:
        return (key for key, _ in self._entries(folder, flat=flat))

    def _entries(self, folder: str, *, flat: bool) -> Iterator[tuple[str, datetime]]:
        """The keys below a folder, "" for all; folders that a console made end in a slash."""
        prefix = f"{self._prefix}{folder}/" if folder else self._prefix
        before: str | None = None
        for _ in range(MAX_PAGES):
            keys, after = self._page(prefix, before, flat=flat)
            yield from (entry for entry in keys if entry[0] and not entry[0].endswith("/"))
            if after is None:
                return
            if after == before:
                break
            before = after
        raise RepoUnusable(f"the server of the bucket {self._bucket} lists files without end")

    def _page(self, prefix: str, after: str | None, *, flat: bool) -> objects.Page:
        return self._connection.ask(
            lambda client, _: objects.page(client, self._bucket, prefix, after, flat=flat)
        )

    def _at(self, name: str) -> objects.Where:
        """The bucket and key of a file. Raises RepoUnusable where they may leave the prefix."""
        if not self._can_be(name):
            raise RepoUnusable(f"{name[:80]!r} cannot be a file in it")
        return {"Bucket": self._bucket, "Key": self._prefix + name}

    def _can_be(self, name: str) -> bool:
        """True where a file can have this name; some servers take `..` for the folder above."""
        key = self._prefix + name
        sent = key.encode(errors="ignore")
        if len(sent) > LONGEST_KEY or sent.decode() != key:
            return False
        return not any(part in ("", ".", "..") for part in name.split("/"))
