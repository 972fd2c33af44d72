"""The store of a repo in git."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from infrastructure.execution.patience import Patience
from infrastructure.filesystem.locks import named_lock
from infrastructure.filesystem.mounts import SYSTEM
from infrastructure.heartbeats.trials import Trial
from provisioning.munki.errors import ManifestUnreadable, RepoReadOnly, RepoUnusable
from provisioning.munki.storage.base import ChangeNote, Reader, Stored, faults
from provisioning.munki.storage.changes import Authorship, Changes
from provisioning.munki.storage.git import comparison
from provisioning.munki.storage.git.clone import Clone
from provisioning.munki.storage.git.location import GitLocation
from provisioning.munki.storage.git.objects import BrokenClone, Objects, encoded
from provisioning.munki.storage.git.publisher import FileChange, Publisher
from provisioning.munki.storage.git.refresh import PACE, CloneWatcher, RefreshPace
from provisioning.munki.storage.git.session import STATE, exclusive
from provisioning.munki.storage.git.snapshot import Snapshot, WholeSnapshot
from provisioning.munki.storage.listings import good_for

SNAPSHOT_MAX_AGE = 0.2  # seconds for which a snapshot serves listings without a look at the clone
PUSH_CHECK_INTERVAL = 600  # seconds until a remote that would let us push is tried again

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Listed:
    """The names in a folder of that id, and the moment of the last look at it."""

    oid: str
    names: Sequence[str]
    looked_at: float


class GitStore:
    """The store of the remote `place`, with a clone below the folder `home`, made when needed.

    Files that others hold are waited for with `patience`, without one forever.
    """

    reads_at_once = 1

    def __init__(
        self,
        place: GitLocation,
        home: Path,
        pace: RefreshPace = PACE,
        patience: Patience | None = None,
    ) -> None:
        self._copy, self._patience = Clone(home, place), patience
        self._objects = Objects(self._copy.environment)
        self._publisher = Publisher(self._copy, self._objects)
        self._watch = CloneWatcher(self._copy, pace)
        self._trial = Trial(self._copy.try_to_write)
        self._snapshot: Snapshot | None = None
        self._glanced = self._proven = float("-inf")
        self._listed: dict[tuple[object, str], _Listed] = {}

    def read(self, name: str) -> Stored | None:
        """Return a file as the remote has it, or had it at the last fetch."""
        return self._reading(lambda snapshot: snapshot.read(name), at_once=True)

    def reader(self) -> Reader:
        """Return a reader of the files of the present commit."""
        commit = self._reading(lambda snapshot: snapshot.commit, at_once=True)
        whole = WholeSnapshot(self._objects, commit)

        def read(name: str) -> Stored | None:
            try:
                return whole.read(name)
            except BrokenClone:
                return self.read(name)  # which has the clone made again

        return read

    def replace(self, name: str, content: bytes, *, over: Stored | None, note: ChangeNote) -> None:
        """Commit and push a file; `note` is the log message and the author."""
        self._publish(FileChange(name, content, over, note))

    def remove(self, name: str, *, over: Stored, note: ChangeNote) -> None:
        """Commit and push the removal of a file."""
        self._publish(FileChange(name, None, over, note))

    def exists(self, name: str) -> bool:
        """True where there is a file of this name."""
        return self._reading(lambda snapshot: snapshot.exists(name))

    def target(self, name: str) -> str:
        """Return the name of the file itself, where a link is on the way."""
        return self._reading(lambda snapshot: snapshot.target(name))

    def has(self, folder: str) -> bool:
        """Return True where a folder is there."""
        return self._reading(lambda snapshot: snapshot.folder(folder) is not None)

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the files in a folder."""
        return self._reading(lambda snapshot: self._cached(snapshot, folder, Snapshot.names))

    def tree(self, folder: str) -> Sequence[str]:
        """Return the paths of all that is below a folder."""
        return self._reading(lambda snapshot: self._cached(snapshot, folder, Snapshot.tree))

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the names of all files below a folder, as one commit has it."""
        yield from self._reading(lambda snapshot: list(snapshot.walk(folder)), at_once=True)

    def changed(self, folder: str, since: str | None) -> Changes:
        """Return the names that differ between two commits, below a folder."""
        commit = self._reading(lambda snapshot: snapshot.commit, at_once=True)
        names = comparison.changed(self._copy.environment, since, commit, folder)
        return Changes(names, commit)

    def author(self, name: str) -> Authorship | None:
        """Return the author of the last commit that changed a file, where the clone has it."""
        commit = self._reading(lambda snapshot: snapshot.commit)
        return comparison.author(self._copy.environment, commit, name)

    @contextmanager
    def holding(self, name: str) -> Iterator[None]:
        """Lock a file against callers with the same clone; the push finds other conflicts.

        All links to a file are one lock.
        """
        with suppress(ManifestUnreadable):  # who reads it hears the reason
            name = self.target(name)
        with ExitStack() as holds:
            with faults():
                Path(self._copy.folder).mkdir(parents=True, exist_ok=True)
                held = named_lock(f"{self._copy.folder}/held", name, SYSTEM, self._patience)
                holds.enter_context(held)
            yield

    def check(self) -> None:
        """Raise RepoUnusable where nothing can be read, or our own disk cannot be written.

        Raises RepoReadOnly where the remote cannot be reached, or refused the last push of any of
        our processes. Before the first push, a trial push is made.
        """
        self._reading(lambda snapshot: snapshot.folder("manifests"), at_once=True)
        self._trial()
        if self._watch.fault is not None:
            raise RepoReadOnly(self._watch.fault)
        last = self._copy.last_push()
        if last is None:
            self._prove()
        elif last.refused:
            raise RepoReadOnly(f"{last.refused}, at {last.at:%Y-%m-%d %H:%M:%S} UTC")

    def _prove(self) -> None:
        if time.monotonic() - self._proven > PUSH_CHECK_INTERVAL:
            try:
                with exclusive(self._copy) as ours:
                    ours.check_push()
            except RepoUnusable as error:
                raise RepoReadOnly(error.reason) from error
            self._proven = time.monotonic()

    def _publish(self, change: FileChange) -> None:
        _check(change.name)
        self._reading(lambda _: None, at_once=True)  # so that there is a clone
        self._publisher.publish(change)

    def _cached(
        self, snapshot: Snapshot, folder: str, look: Callable[[Snapshot, str], Sequence[str]]
    ) -> Sequence[str]:
        """The result of `look` for a folder: the same object while that is the same."""
        listed, now = self._listed.get((look, folder)), time.monotonic()
        if listed and now - listed.looked_at < good_for(len(listed.names)):
            return listed.names
        oid = snapshot.folder(folder)
        if oid is None:
            raise RepoUnusable(f"it has no folder {folder}")
        names = listed.names if listed and listed.oid == oid else look(snapshot, folder)
        if listed and listed.names == names:
            names = listed.names
        self._listed[look, folder] = _Listed(oid, names, now)
        return names

    def _reading(self, read: Callable[[Snapshot], Value], *, at_once: bool = False) -> Value:
        """Return the result of `read`; `at_once`: of this moment. Replaces a damaged clone."""
        for _ in range(2):
            generation = self._copy.generation()
            try:
                return read(self._now(at_once=at_once))
            except BrokenClone:
                self._make_anew(generation)
        raise RepoUnusable("its clone is damaged, and was again when it was made anew")

    def _now(self, *, at_once: bool) -> Snapshot:
        now = time.monotonic()
        if self._snapshot is not None and not at_once and now - self._glanced < SNAPSHOT_MAX_AGE:
            return self._snapshot
        self._watch.keep_up()
        if not self._copy.generation():
            raise RepoUnusable(self._watch.fault or "its first clone is still being made")
        state = self._objects.info(STATE)
        if state is None:
            raise BrokenClone
        if self._snapshot is None or self._snapshot.commit != state.oid:
            self._snapshot = Snapshot(self._objects, state.oid)
        self._glanced = now
        return self._snapshot

    def _make_anew(self, generation: int) -> None:
        """Replace the clone by a new one, unless another process has done so."""
        with exclusive(self._copy) as ours:
            if self._copy.generation() == generation:
                ours.make()
        self._objects.close()


def _check(name: str) -> None:
    """Raise ManifestUnreadable for a name that no file in git can have."""
    parts = name.split("/")
    is_astray = any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)
    if is_astray or encoded(name) is None:
        raise ManifestUnreadable(name[:80], "no file can have this name")
