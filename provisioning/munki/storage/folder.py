"""A store in a folder, on a local disk or a mount."""

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from infrastructure.execution.patience import Patience
from infrastructure.filesystem import atomic
from infrastructure.filesystem.locks import ABANDONED, named_lock
from infrastructure.filesystem.mounts import SYSTEM, System, again_if_stale
from infrastructure.filesystem.plain import NO_FILE
from infrastructure.heartbeats.trials import Trial
from provisioning.munki.errors import ManifestUnreadable, RepoUnusable
from provisioning.munki.storage import links
from provisioning.munki.storage.base import (
    LARGEST,
    ChangeNote,
    Overtaken,
    Reader,
    Stored,
    faults,
    resolved,
    too_large,
    unusable,
)
from provisioning.munki.storage.changes import Authorship, Changes, by_times
from provisioning.munki.storage.listings import Listings

Value = TypeVar("Value")

# Seconds for a lock, which is held for as long as a manifest is written: longer has one that hangs,
# or a machine that died with it on an NFS mount. All threads would wait for it in turn. On a mount
# without locks, what a dead process left is removed meanwhile.
PATIENCE = ABANDONED + 10
LOCK_FOLDER = ".rollcall-locks"  # Munki's tools pass over names that begin with a dot
PROBE = ".rollcall-probe"  # the file of the trial
_PROBED = b"Rollcall tries here whether it can write.\n" * 100  # a block of the disk
# Errors that say that there is no such file; all others leave it open.
_MISSING = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EILSEQ, errno.EINVAL}
)


class FolderStore:
    """The store below the folder `root`; locks are waited for with `patience`."""

    reads_at_once = 1

    def __init__(
        self, root: Path, system: System = SYSTEM, *, patience: Patience | None = None
    ) -> None:
        self._root = str(root)  # text: every call of a Mac puts paths together
        self._system, self._patience = system, patience or Patience(PATIENCE)
        self._folders: dict[str, atomic.Folder] = {}
        self._listings = Listings(is_inside=partial(links.is_inside, self._root))
        self._trial = Trial(self._write)

    def read(self, name: str) -> Stored | None:
        """Return a file; its version changes with every change of the file."""
        return _attempted(lambda: self._read(name))

    def _read(self, name: str, plain: set[str] | None = None) -> Stored | None:
        try:
            descriptor = self._opened(name, plain)
        except FileNotFoundError:
            return None
        except NotADirectoryError:  # a manifest has the name of its folder
            if not self.has(name.partition("/")[0]):
                raise
            return None
        except OSError as error:
            if error.errno == errno.ENXIO:  # a socket
                raise _no_file(name, NO_FILE) from error
            raise
        try:
            status = os.fstat(descriptor)
            if stat.S_ISDIR(status.st_mode):
                raise _no_file(name, "a folder has its name")
            if not stat.S_ISREG(status.st_mode):
                raise _no_file(name, NO_FILE)
            if status.st_size > LARGEST:
                raise too_large(name)
            return Stored(_content(descriptor, status.st_size), _version(status))
        finally:
            os.close(descriptor)

    def _opened(self, name: str, plain: set[str] | None) -> int:
        """Open a file to read it; a pipe, which may have its name, would be waited for."""
        flags = os.O_RDONLY | os.O_NONBLOCK
        if self._has_plain_folder(name, plain):
            try:
                return self._system.open(f"{self._root}/{name}", flags | os.O_NOFOLLOW)
            except OSError as error:
                if error.errno != errno.ELOOP:  # a link
                    raise
        return self._system.open(f"{self._root}/{links.followed(self._root, name)}", flags)

    def reader(self) -> Reader:
        """Return a reader of files, which looks once for links on the way to their folders."""
        plain = set[str]()
        return lambda name: _attempted(lambda: self._read(name, plain))

    def replace(self, name: str, content: bytes, *, over: Stored | None, note: ChangeNote) -> None:
        """Replace a file by `content`. A folder keeps no history, so `note` is not used."""
        _attempted(lambda: self._replace(name, content, over))

    def _replace(self, name: str, content: bytes, over: Stored | None) -> None:
        folder, _, base = self._target(name).rpartition("/")
        if over is None and "/" in folder:  # not the first: the repo may not be mounted
            self._make(folder, name)
        self._folder(folder).replace(base, content, unless=_another_than(over, name))

    def _make(self, folder: str, name: str) -> None:
        """Make the folder of a new file. Raises ManifestUnreadable where a file has its name."""
        try:
            os.makedirs(f"{self._root}/{folder}", exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            reason = f"{folder.removeprefix('manifests/')} is a file, and nothing lies below one"
            raise _no_file(name, reason) from error

    def remove(self, name: str, *, over: Stored, note: ChangeNote) -> None:
        """Remove a file that still is `over`; of a link itself, what it leads to stays."""
        folder, _, base = name.rpartition("/")
        unless = _another_than(over, name)
        _attempted(lambda: self._folder(self._target(folder)).remove(base, unless=unless))

    def exists(self, name: str) -> bool:
        """True where there is a file of this name now; never for one that leaves the repo."""
        inside = resolved(name)
        if inside is None:
            return False
        return _attempted(lambda: self._exists(inside))

    def _exists(self, name: str) -> bool:
        try:
            if self._has_plain_folder(name):
                mode = self._system.lstat(f"{self._root}/{name}").st_mode
                if not stat.S_ISLNK(mode):
                    return stat.S_ISREG(mode)
            path = f"{self._root}/{links.followed(self._root, name)}"
            return stat.S_ISREG(self._system.stat(path).st_mode)
        except ValueError:  # a zero byte, or half a character
            return False
        except OSError as error:
            if error.errno in _MISSING:
                return False
            raise

    def target(self, name: str) -> str:
        """Return the name of the file itself, where a link is on the way."""
        return _attempted(lambda: self._target(name))

    def has(self, folder: str) -> bool:
        """Return True where a folder is there."""
        return os.path.isdir(f"{self._root}/{folder}")

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the files in a folder, read again where the folder changed."""
        return _attempted(lambda: self._listings.of(f"{self._root}/{folder}"))

    def tree(self, folder: str) -> Sequence[str]:
        """Return the paths of all that is below a folder; only changed folders are read again."""
        return _attempted(lambda: self._listings.below(f"{self._root}/{folder}"))

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the names of all files below a folder."""
        with faults():
            yield from links.walk(self._root, folder)

    def changed(self, folder: str, since: str | None) -> Changes:
        """Return the names that changed below a folder, by the times of all files."""
        with faults():
            entries = links.entries(self._root, folder)
            times = ((name, _changed_at(entry)) for name, entry in entries)
            return by_times(times, since, time.time_ns())

    def author(self, name: str) -> Authorship | None:
        """Return None: a folder does not know who changed a file."""
        return None

    @contextmanager
    def holding(self, name: str) -> Iterator[None]:
        """Lock a file against all other callers; its name in any case is the same lock.

        So are all links to it.
        """
        with ExitStack() as holds:
            _attempted(lambda: self._hold(name, holds))
            yield

    def _hold(self, name: str, holds: ExitStack) -> None:
        with suppress(ManifestUnreadable):  # who reads it hears the reason
            name = self._target(name)
        folder = f"{self._root}/manifests/{LOCK_FOLDER}"
        holds.enter_context(named_lock(folder, name, self._system, self._patience))

    def check(self) -> None:
        """Write a file among the manifests as a trial. Raises RepoUnusable."""
        manifests = f"{self._root}/manifests"
        with faults():
            if not os.path.isdir(manifests):
                raise RepoUnusable(f"there is no folder {manifests}")
        self._trial()

    def _write(self) -> None:
        """Write, replace and remove a file as a manifest is."""
        with self.holding(PROBE), faults():
            folder = self._folder("manifests")
            again_if_stale(lambda: folder.replace(PROBE, _PROBED))
            folder.remove(PROBE)

    def _target(self, name: str) -> str:
        """Return the name of the file itself, where a link is on the way: seldom.

        Raises ManifestUnreadable for a link that leads nowhere or out of the repo.
        """
        if self._has_plain_folder(name) and not os.path.islink(f"{self._root}/{name}"):
            return name
        return links.followed(self._root, name)

    def _has_plain_folder(self, name: str, plain: set[str] | None = None) -> bool:
        """Return True where no link is on the way to the folder of a file.

        `plain` are folders of which that is known; that of the file joins them.
        """
        known, folder = plain or (), name.rpartition("/")[0]
        step = folder
        while "/" in step and step not in known:
            if os.path.islink(f"{self._root}/{step}"):
                return False
            step = step.rpartition("/")[0]
        if plain is not None:
            plain.add(folder)
        return True

    def _folder(self, name: str) -> atomic.Folder:
        if name not in self._folders:
            self._folders[name] = atomic.Folder(f"{self._root}/{name}", self._system)
        return self._folders[name]


def _attempted(work: Callable[[], Value]) -> Value:
    """Return the result of `work`, which is repeated on a stale mount. Raises RepoUnusable.

    No context manager, which takes longer than some of this work does.
    """
    try:
        return again_if_stale(work)
    except OSError as error:
        raise unusable(error) from error


def _content(descriptor: int, size: int) -> bytes:
    """Return all bytes of an open file, which had `size` when it was looked at."""
    content = os.read(descriptor, size + 1)  # one more is not there, so that one call is enough
    while len(content) != size and (more := os.read(descriptor, LARGEST)):
        content += more
    return content


def _changed_at(entry: "os.DirEntry[str]") -> int:
    """The time of the last change, in nanoseconds: of its state, which no program can set."""
    try:
        status = entry.stat(follow_symlinks=False)
        if not stat.S_ISLNK(status.st_mode):
            return status.st_ctime_ns
        return max(status.st_ctime_ns, entry.stat().st_ctime_ns)
    except OSError as error:  # gone meanwhile, or a link that leads nowhere
        if error.errno not in _MISSING:
            raise
        return 0


def _version(status: os.stat_result) -> str:
    return f"{status.st_ino}.{status.st_mtime_ns}.{status.st_size}"


def _no_file(name: str, reason: str) -> ManifestUnreadable:
    return ManifestUnreadable(name.removeprefix("manifests/"), reason)


def _another_than(over: Stored | None, name: str) -> atomic.Condition:
    """A condition that raises Overtaken where the file is another one than `over`."""
    expected = over.version if over else None

    def look(status: os.stat_result | None) -> None:
        if (None if status is None else _version(status)) != expected:
            raise Overtaken(name)

    return look
