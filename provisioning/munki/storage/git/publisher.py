"""The publishing of changes to the remote: a commit for each, one push for simultaneous ones."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from infrastructure.errors import RollcallError
from infrastructure.execution.batching import Batcher
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.storage.base import ChangeNote, Overtaken, Stored
from provisioning.munki.storage.git.clone import Clone
from provisioning.munki.storage.git.commits import Commit
from provisioning.munki.storage.git.objects import BrokenClone, Objects
from provisioning.munki.storage.git.session import STATE, LockedClone, exclusive
from provisioning.munki.storage.git.snapshot import Snapshot

GATHER_TIME = 0.02  # seconds; a push takes several times as long
ATTEMPTS = 8  # at a remote to which others push at the same time


@dataclass(slots=True)
class FileChange:
    """A change of a file from the version `over` to `content`; None removes the file."""

    name: str
    content: bytes | None
    over: Stored | None
    note: ChangeNote
    fault: RollcallError | None = None  # the reason why it was not made

    def on(self, snapshot: Snapshot) -> Commit:
        """Return the commit of the change: of the file that a link leads to, or the link's end.

        Raises Overtaken, and what `Snapshot.target` and `present` raise.
        """
        name = snapshot.target(self.name)
        if self.content is None:
            folder, _, base = self.name.rpartition("/")
            name = f"{snapshot.target(folder)}/{base}"
        version, mode = snapshot.present(name)
        if version != (self.over.version if self.over else None):
            raise Overtaken(self.name)
        return Commit(name, self.content, mode, self.note)


class Publisher:
    """A publisher of changes to the remote of `copy`."""

    def __init__(self, copy: Clone, objects: Objects) -> None:
        self._copy, self._objects = copy, objects
        self._batches: Batcher[list[FileChange]] = Batcher(self._together, linger=GATHER_TIME)

    def publish(self, change: FileChange) -> None:
        """Commit a change and push it, before this returns.

        Raises RepoUnusable, Overtaken or ManifestUnreadable.
        """
        self._batches.run(lambda changes: changes.append(change))
        if change.fault is not None:
            raise change.fault

    @contextmanager
    def _together(self) -> Iterator[list[FileChange]]:
        changes: list[FileChange] = []
        yield changes
        with exclusive(self._copy) as clone:
            self._send(clone, changes)

    def _send(self, clone: LockedClone, changes: Sequence[FileChange]) -> None:
        for _ in range(ATTEMPTS):
            try:
                base, branch = self._state(), clone.branch()
                refused = self._attempt(clone, base, changes)
            except BrokenClone:
                self._make(clone)
                continue
            if refused is None:
                return
            if (clone.state(), clone.branch()) != (base, branch):
                continue
            if clone.is_whole():  # no other push came first: the remote refuses ours
                self._copy.note_push(refused)
                raise RepoUnusable(refused)
            self._make(clone)
        raise RepoUnusable("others push to it all the time; try again")

    def _state(self) -> str:
        if not self._copy.generation():
            raise RepoUnusable("its first clone is still being made")
        state = self._objects.info(STATE)
        if state is None:
            raise BrokenClone
        return state.oid

    def _make(self, clone: LockedClone) -> None:
        """Replace a damaged clone by a new one."""
        clone.make()
        self._objects.close()

    def _attempt(self, clone: LockedClone, base: str, changes: Sequence[FileChange]) -> str | None:
        """Push the changes that can still be made; return the remote's reason for a refusal."""
        commits = self._commits(Snapshot(self._objects, base), changes)
        if not commits:
            return None
        tip = clone.commit(base, commits)
        refused = clone.push(base, tip)
        if refused is not None:
            self._refresh(clone, refused)
            if not clone.contains(tip):  # or the answer alone was lost
                return refused
        self._copy.note_push("")
        return None

    def _refresh(self, clone: LockedClone, refused: str) -> None:
        """Fetch from a remote that refused a push."""
        try:
            clone.refresh()
        except RepoUnusable:
            self._copy.note_push(refused, is_down=True)
            raise

    def _commits(self, snapshot: Snapshot, changes: Sequence[FileChange]) -> list[Commit]:
        """The commits of all changes; a change that cannot be made gets a `fault` instead."""
        commits: dict[str, Commit] = {}
        for change in changes:
            change.fault = None
            try:
                commit = change.on(snapshot)
                if commit.name in commits:
                    raise Overtaken(change.name)
                commits[commit.name] = commit
            except BrokenClone:
                raise
            except RollcallError as error:
                change.fault = error
        return list(commits.values())
