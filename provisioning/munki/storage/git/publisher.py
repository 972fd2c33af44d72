"""Changes on their way to the remote: a commit for each, one push for all that come together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from infrastructure.batching import Batcher
from infrastructure.errors import RollcallError
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.storage.base import Overtaken, Stored, Why
from provisioning.munki.storage.git.clone import Copy
from provisioning.munki.storage.git.commits import Commit
from provisioning.munki.storage.git.objects import Broken, Objects
from provisioning.munki.storage.git.session import STATE, Held, exclusive
from provisioning.munki.storage.git.snapshot import Snapshot

LINGER = 0.02  # seconds; a push takes several times as long
ATTEMPTS = 8  # at a remote that others push to at the same moments


@dataclass(slots=True)
class Change:
    """A file that is to be made `content` (None: to go) where it still is `over`."""

    name: str
    content: bytes | None
    over: Stored | None
    why: Why
    fault: RollcallError | None = None  # why it was not made

    def on(self, snapshot: Snapshot) -> Commit:
        """Return what is to be committed. Raises Overtaken, and what `Snapshot.present` raises."""
        version, mode = snapshot.present(self.name)
        if version != (self.over.version if self.over else None):
            raise Overtaken(self.name)
        return Commit(self.name, self.content, mode, self.why)


class Publisher:
    """Brings changes to the remote of `copy`; what this returns from is pushed."""

    def __init__(self, copy: Copy, objects: Objects) -> None:
        self._copy, self._objects = copy, objects
        self._turns: Batcher[list[Change]] = Batcher(self._together, linger=LINGER)

    def publish(self, change: Change) -> None:
        """Commit and push a change. Raises RepoUnusable, Overtaken or ManifestUnreadable."""
        self._turns.take(lambda together: together.append(change))
        if change.fault is not None:
            raise change.fault

    @contextmanager
    def _together(self) -> Iterator[list[Change]]:
        changes: list[Change] = []
        yield changes
        with exclusive(self._copy) as held:
            self._send(held, changes)

    def _send(self, held: Held, changes: Sequence[Change]) -> None:
        for _ in range(ATTEMPTS):
            try:
                base, branch = self._state(), held.branch()
                refused = self._attempt(held, base, changes)
            except Broken:
                self._make(held)
                continue
            if refused is None:
                return
            if (held.state(), held.branch()) != (base, branch):
                continue
            if held.is_whole():  # nobody was faster: it is us whom the remote refuses
                self._copy.note_push(refused)
                raise RepoUnusable(refused)
            self._make(held)
        raise RepoUnusable("others push to it all the time; try again")

    def _state(self) -> str:
        if not self._copy.generation():
            raise RepoUnusable("its first clone is still being made")
        found = self._objects.info(STATE)
        if found is None:
            raise Broken
        return found.oid

    def _make(self, held: Held) -> None:
        """Make a damaged clone anew."""
        held.make()
        self._objects.close()

    def _attempt(self, held: Held, base: str, changes: Sequence[Change]) -> str | None:
        """Push what still can be made of the changes; return why the remote did not take them."""
        commits = self._commits(Snapshot(self._objects, base), changes)
        if not commits:
            return None
        tip = held.commit(base, commits)
        refused = held.push(base, tip)
        if refused is not None:
            self._refresh(held, refused)
            if not held.contains(tip):  # or the answer alone was lost
                return refused
        self._copy.note_push("")
        return None

    def _refresh(self, held: Held, refused: str) -> None:
        """See what the remote has, which did not take a push."""
        try:
            held.refresh()
        except RepoUnusable:
            self._copy.note_push(refused, is_down=True)
            raise

    def _commits(self, snapshot: Snapshot, changes: Sequence[Change]) -> list[Commit]:
        """What is to be committed; a change that is overtaken, or cannot be, is told so."""
        commits: dict[str, Commit] = {}
        for change in changes:
            change.fault = None
            try:
                if change.name in commits:
                    raise Overtaken(change.name)
                commits[change.name] = change.on(snapshot)
            except Broken:
                raise
            except RollcallError as error:
                change.fault = error
        return list(commits.values())
