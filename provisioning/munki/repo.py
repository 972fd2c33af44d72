"""A Munki repo in a folder: what exists in it, and the one way to change a Mac's manifest."""

import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from provisioning import files
from provisioning.errors import (
    ManifestUnreadable,
    MissingInclude,
    RepoUnusable,
    UnknownBuild,
    UnknownDestination,
    UnknownSite,
)
from provisioning.munki import manifests
from provisioning.munki.manifests import BUILDS, SITE_DEFAULT, SITES, Destination, Manifest
from provisioning.names import folded
from provisioning.serials import Serial

LOCK_FOLDER = ".rollcall-locks"  # Munki's tools pass over names that begin with a dot
LOCKS = 64  # files to lock, so that different Macs seldom wait for each other
LONGEST_NAME = 75  # characters: what Slack shows of an option


@dataclass(frozen=True, slots=True)
class Written:
    """A Mac's manifest in the repo: whether it had to change, and a short hash of it."""

    changed: bool
    digest: str


class MunkiRepo:
    """The repo below `root`, on a local disk or a mount."""

    def __init__(self, root: Path) -> None:
        self._manifests = f"{root}/manifests"  # text: every call of a Mac puts paths together
        self._folder = files.Folder(self._manifests)

    def sites(self) -> list[str]:
        """The names of all sites, sorted."""
        return self._names(SITES)

    def builds(self) -> list[str]:
        """The names of all builds, sorted."""
        return self._names(BUILDS)

    def destination(self, site: str, build: str) -> Destination:
        """Return the site and build of these names, typed in any case.

        Raises UnknownSite or UnknownBuild, with the nearest names that exist.
        """
        return Destination(self.site(site), self._existing(build, BUILDS, UnknownBuild))

    def site(self, name: str) -> str:
        """Return the site of this name, typed in any case. Raises UnknownSite."""
        return self._existing(name, SITES, UnknownSite)

    def kept(self, serial: Serial, destination: Destination) -> Written | None:
        """Return what the manifest of `serial` is where it leads to `destination` already.

        Reads only, and waits for nobody. Raises like `assign`.
        """
        with _faults_of_the_disk():
            content, present = self._present(serial)
            if content is None or present is None:
                return None
            if manifests.merge(present, destination) != present:
                return None
            self._verify(serial.text, present["included_manifests"])
            return Written(changed=False, digest=_digest(content))

    @contextmanager
    def holding(self, serial: Serial) -> Iterator[None]:
        """Hold the manifest of `serial` against all other calls for this Mac, on any server.

        Hold it over what depends on the manifest. Raises RepoUnusable.
        """
        stripe = zlib.crc32(serial.key.encode()) % LOCKS
        with ExitStack() as held:
            with _faults_of_the_disk():
                os.makedirs(self._path(LOCK_FOLDER), exist_ok=True)
                held.enter_context(files.exclusive(self._path(f"{LOCK_FOLDER}/{stripe:02}")))
            yield

    def assign(self, serial: Serial, destination: Destination) -> Written:
        """Make the manifest of `serial`, which is held, lead to `destination`; read it back.

        Safe to repeat. Raises ManifestUnreadable (it is left untouched), MissingInclude (nothing
        is written) or RepoUnusable.
        """
        with _faults_of_the_disk():
            content, present = self._present(serial)
            merged = manifests.merge(present, destination)
            self._verify(serial.text, merged["included_manifests"])
            if content is not None and merged == present:
                return Written(changed=False, digest=_digest(content))
            fresh = manifests.dumps(serial.text, merged)
            self._folder.replace(serial.text, fresh)
            if self._read(serial) != fresh:
                raise RepoUnusable(f"the manifest {serial} read back is not the one written")
            return Written(changed=True, digest=_digest(fresh))

    def check(self) -> None:
        """Raise RepoUnusable or MissingInclude where no manifest could be written at all."""
        with _faults_of_the_disk():
            if not os.path.isdir(self._manifests):
                raise RepoUnusable(f"there is no folder {self._manifests}")
            if not os.access(self._manifests, os.W_OK | os.X_OK):
                raise RepoUnusable(f"{self._manifests} is not writable")
            self._verify("(any)", [SITE_DEFAULT])

    def _present(self, serial: Serial) -> tuple[bytes | None, Manifest | None]:
        """The manifest as it is, in bytes and parsed; None where there is none."""
        content = self._read(serial)
        return content, None if content is None else manifests.loads(serial.text, content)

    def _path(self, name: str) -> str:
        return f"{self._manifests}/{name}"

    def _read(self, serial: Serial) -> bytes | None:
        try:
            with open(self._path(serial.text), "rb", buffering=0) as file:
                if os.fstat(file.fileno()).st_size > manifests.LARGEST:
                    raise ManifestUnreadable(serial.text, "it is larger than 4 MiB")
                return file.readall()
        except FileNotFoundError:
            return None
        except IsADirectoryError as error:
            raise ManifestUnreadable(serial.text, "a folder has its name") from error

    def _verify(self, name: str, includes: list[str]) -> None:
        for include in includes:
            if not os.path.isfile(self._path(include)):
                raise MissingInclude(name, include)

    def _existing(self, name: str, folder: str, unknown: type[UnknownDestination]) -> str:
        name = name.strip()
        if _is_name(name) and os.path.isfile(self._path(folder + name)):
            return name
        names = self._names(folder)
        typed = folded(name)
        known_as = {folded(known): known for known in names}
        if typed in known_as:
            return known_as[typed]
        raise unknown(name, nearest=[known_as[near] for near in get_close_matches(typed, known_as)])

    def _names(self, folder: str) -> list[str]:
        with _faults_of_the_disk(), os.scandir(self._path(folder)) as entries:
            return sorted(
                entry.name for entry in entries if _is_name(entry.name) and entry.is_file()
            )


def _is_name(name: str) -> bool:
    """Whether `name` can be a site or a build: one visible file name that Slack can show."""
    return (
        0 < len(name) <= LONGEST_NAME
        and name.isprintable()
        and name == name.strip()
        and "/" not in name
        and not name.startswith(".")
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


@contextmanager
def _faults_of_the_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RepoUnusable(f"{error.strerror or error} ({error.filename})") from error
