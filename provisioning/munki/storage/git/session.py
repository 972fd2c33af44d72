"""A locked clone: a session in which it is made, fetched, committed to and pushed."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from infrastructure.filesystem import locks
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.storage.base import faults
from provisioning.munki.storage.git.clone import Clone
from provisioning.munki.storage.git.commits import Commit, stream
from provisioning.munki.storage.git.program import Ended, Git, explained

STATE = "refs/rollcall/state"
OUTGOING = "refs/rollcall/outgoing"
FETCH_TIMEOUT = 30  # seconds that a fetch may take
CLONE_TIMEOUT = 1800  # seconds for the first clone
PUSHING = 30
_QUIETLY = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
# Files that a killed git may leave. In a locked clone no git is running: even one that outlived its
# server keeps the lock until it ends.
_LEFT = tuple(
    f"{name}.lock" for name in ("HEAD", "config", "packed-refs", "shallow", STATE, OUTGOING)
)


@dataclass(frozen=True, slots=True)
class LockedClone:
    """A clone that only this thread changes at this time."""

    copy: Clone
    git: Git

    def state(self) -> str | None:
        """The remote's commit at the last fetch; None where there is none."""
        if not self.copy.generation():
            return None
        ended = self.git.run("rev-parse", "--quiet", "--verify", f"{STATE}^{{commit}}")
        return ended.out.decode().strip() if ended.succeeded else None

    def refresh(self) -> None:
        """Bring the clone to the remote's state; make it where there is none, or a damaged one.

        Raises RepoUnusable; the clone then stays as it was.
        """
        if self.state() is None:
            self.make()
        elif (ended := self._fetch(self.git, self.branch(), FETCH_TIMEOUT)) and not ended.succeeded:
            if self.is_whole() and not self._is_branch_gone(ended):
                raise RepoUnusable(explained("fetch", ended.errors))
            self.make()
        self.copy.note_seen()

    def make(self) -> None:
        """Clone the remote again, beside the present clone, and replace that."""
        new_repository = self.copy.new_repository
        shutil.rmtree(new_repository, ignore_errors=True)
        git = Git({**self.git.environment, "GIT_DIR": new_repository}, self.git.keeps)
        git.must("init", "--quiet", "--bare", "--template=")
        branch = self.copy.place.branch or _default_branch(git)
        git.must("symbolic-ref", "HEAD", f"refs/heads/{branch}")
        ended = self._fetch(git, branch, CLONE_TIMEOUT, "--depth=1")
        if not ended.succeeded:
            raise RepoUnusable(explained("fetch", ended.errors))
        self.copy.put_in_place()
        self.copy.note_seen()

    def commit(self, base: str, commits: Sequence[Commit]) -> str:
        """Make commits one after another on `base`; return the last one's id. No ref is changed."""
        commands = stream(OUTGOING, base, commits)
        printed = self.git.must("fast-import", "--quiet", "--force", "--done", stdin=commands)
        return printed.decode().strip()

    def push(self, base: str, tip: str) -> str | None:
        """Push `tip` to the remote, which must be at `base`, and update the clone.

        Returns None for success, otherwise the reason: also where the remote is not at `base`.
        """
        ref = f"refs/heads/{self.branch()}"
        try:
            ended = self.git.run(
                *("-c", f"remote.origin.fetch=+{ref}:{STATE}"),
                *("push", "--porcelain", "--quiet", "--no-verify"),
                f"--force-with-lease={ref}:{base}",
                *("origin", f"{tip}:{ref}"),
                seconds=PUSHING,
            )
        except RepoUnusable as error:
            return error.reason
        if not ended.succeeded:
            return explained("push", ended.errors, ended.out.decode(errors="replace"))
        self.copy.note_seen()
        return None

    def check_push(self) -> None:
        """Raise RepoUnusable where the remote would not let us push at all."""
        ref = f"refs/heads/{self.branch()}"
        self.git.must("push", "--quiet", "--dry-run", "origin", f"{STATE}:{ref}", seconds=PUSHING)

    def contains(self, commit: str) -> bool:
        """True where the remote's state has a commit of ours."""
        return self.git.run("merge-base", "--is-ancestor", commit, STATE).succeeded

    def _fetch(self, git: Git, branch: str, seconds: float, *options: str) -> Ended:
        refs = f"+refs/heads/{branch}:{STATE}"
        return git.run("fetch", *_QUIETLY, *options, "origin", refs, seconds=seconds)

    def branch(self) -> str:
        """The branch that the clone follows."""
        with faults():
            head = Path(self.copy.repository, "HEAD").read_text()
        return head.strip().removeprefix("ref: refs/heads/")

    def _is_branch_gone(self, ended: Ended) -> bool:
        return self.copy.place.branch is None and "couldn't find remote ref" in ended.errors

    def is_whole(self) -> bool:
        """True where the clone has all that its state needs."""
        return self.git.run("rev-list", "--objects", "--quiet", "--no-walk", STATE).succeeded


def _default_branch(git: Git) -> str:
    heads = git.must("ls-remote", "--symref", "origin", "HEAD", seconds=FETCH_TIMEOUT).decode()
    for line in heads.splitlines():
        if line.startswith("ref: refs/heads/"):
            return line.split("\t")[0].removeprefix("ref: refs/heads/")
    raise RepoUnusable(
        "the remote's HEAD names no branch that is there; push one with the Munki repo in it, or "
        "name one after a # in MUNKI_REPO"
    )


@contextmanager
def exclusive(copy: Clone) -> Iterator[LockedClone]:
    """Lock a clone against all other threads and processes. Raises RepoUnusable."""
    with ExitStack() as held:
        with faults():
            os.makedirs(copy.folder, mode=0o700, exist_ok=True)
            descriptor = held.enter_context(locks.exclusive(f"{copy.folder}/lock"))
            _tidy(copy)
        yield LockedClone(copy, Git(copy.environment, keeps=(descriptor,)))


def _tidy(copy: Clone) -> None:
    """Remove lock files that a crash left, and write the file that replaces a user's settings."""
    for left in _LEFT:
        with suppress(FileNotFoundError, NotADirectoryError):
            os.unlink(f"{copy.repository}/{left}")
    config = Path(copy.folder, "gitconfig")
    trusted = f"[safe]\n\tdirectory = {_quoted(copy.place.folder)}\n" if copy.place.folder else ""
    if not config.exists() or config.read_text() != trusted:
        config.write_text(trusted)


def _quoted(path: str) -> str:
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
