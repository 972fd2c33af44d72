"""A repo in a folder, on a local disk or a mount."""

import errno
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from provisioning import files
from provisioning.errors import ManifestUnreadable, RepoUnusable
from provisioning.munki.stores.base import LARGEST, Overtaken, Stored, Why, too_large
from provisioning.munki.stores.listings import Listings

LOCK_FOLDER = ".rollcall-locks"  # Munki's tools pass over names that begin with a dot
LOCKS = 64  # files to lock, so that different Macs seldom wait for each other
# What the system says of mounts, in words that tell an admin what to do.
_MENDS = {
    errno.ESTALE: "the mount is stale; mount it again",
    errno.EROFS: "it is mounted read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota is used up",
    errno.EACCES: "Rollcall's user may not do that",
}


class FolderStore:
    """The repo below `root`."""

    reads_at_once = 1

    def __init__(self, root: Path) -> None:
        self._root = str(root)  # text: every call of a Mac puts paths together
        self._folders: dict[str, files.Folder] = {}
        self._listings = Listings()

    def read(self, name: str) -> Stored | None:
        """Return a file, with a version that any change of it changes."""
        with faults():
            try:
                with open(f"{self._root}/{name}", "rb", buffering=0) as file:
                    found = os.fstat(file.fileno())
                    if found.st_size > LARGEST:
                        raise too_large(name)
                    return Stored(file.readall(), _version(found))
            except FileNotFoundError:
                return None
            except IsADirectoryError as error:
                said = "a folder has its name"
                raise ManifestUnreadable(name.removeprefix("manifests/"), said) from error

    def replace(self, name: str, content: bytes, *, over: Stored | None, why: Why) -> None:
        """Make a file hold `content`. A folder keeps no history, so nobody learns `why`."""
        folder, _, base = name.rpartition("/")
        with faults():
            if over is None and "/" in folder:  # not the first: the repo may not be mounted
                os.makedirs(f"{self._root}/{folder}", exist_ok=True)
            self._folder(folder).replace(base, content, unless=_another_than(over, name))

    def remove(self, name: str, *, over: Stored, why: Why) -> None:
        """Remove a file that still is `over`."""
        folder, _, base = name.rpartition("/")
        with faults():
            self._folder(folder).remove(base, unless=_another_than(over, name))

    def exists(self, name: str) -> bool:
        """Whether there is a file of this name now."""
        return os.path.isfile(f"{self._root}/{name}")

    def has(self, folder: str) -> bool:
        """Whether there is such a folder."""
        return os.path.isdir(f"{self._root}/{folder}")

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the files in a folder, read again where the folder changed."""
        with faults():
            return self._listings.of(f"{self._root}/{folder}")

    def walk(self, folder: str) -> Iterator[str]:
        """Yield the names of all files below a folder."""
        top = f"{self._root}/{folder}"
        with faults():
            for path, folders, names in os.walk(top, onerror=_raised):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                within = path.removeprefix(top).strip("/")
                for name in sorted(names):
                    if not name.startswith("."):
                        yield f"{within}/{name}" if within else name

    @contextmanager
    def holding(self, name: str) -> Iterator[None]:
        """Hold a file against other holders, of its name in any case."""
        stripe = zlib.crc32(name.upper().encode()) % LOCKS
        locks = f"{self._root}/manifests/{LOCK_FOLDER}"
        with ExitStack() as held:
            with faults():
                with suppress(FileExistsError):
                    os.mkdir(locks)  # not what is above: the repo may just not be mounted
                held.enter_context(files.exclusive(f"{locks}/{stripe:02}"))
            yield

    def check(self) -> None:
        """Raise RepoUnusable where there is no folder of manifests to write into."""
        manifests = f"{self._root}/manifests"
        with faults():
            if not os.path.isdir(manifests):
                raise RepoUnusable(f"there is no folder {manifests}")
            if not os.access(manifests, os.W_OK | os.X_OK):
                raise RepoUnusable(f"{manifests} is not writable")

    def _folder(self, name: str) -> files.Folder:
        if name not in self._folders:
            self._folders[name] = files.Folder(f"{self._root}/{name}")
        return self._folders[name]


def _version(found: os.stat_result) -> str:
    return f"{found.st_ino}.{found.st_mtime_ns}.{found.st_size}"


def _another_than(over: Stored | None, name: str) -> files.Condition:
    """Raise Overtaken where the file that is found is another one than was read."""
    expected = over.version if over else None

    def look(found: os.stat_result | None) -> None:
        if (None if found is None else _version(found)) != expected:
            raise Overtaken(name)

    return look


@contextmanager
def faults() -> Iterator[None]:
    """Translate what the system raises into RepoUnusable, with the mend where one is known."""
    try:
        yield
    except OSError as error:
        mend = _MENDS.get(error.errno or 0)
        said = error.strerror or str(error)
        raise RepoUnusable(f"{said} ({error.filename})" + (f"; {mend}" if mend else "")) from error


def _raised(error: OSError) -> None:
    """What os.walk would rather pass over."""
    raise error
