"""Munki repos of each backend, as somebody sees them who is not Rollcall."""

import plistlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from provisioning.munki.storage.s3 import store
from tests.fakes.git.remote import Remote
from tests.fakes.s3 import Bucket, S3Server, running
from tests.support.inputs.samples import sample_repo


class Repo(Protocol):
    """A repo: `place` is MUNKI_REPO, `environment` what a process has to know besides."""

    place: str
    environment: dict[str, str]

    def manifest(self, name: str) -> dict[str, Any] | None:
        """A manifest, whole; None where there is none. Raises where it cannot be read."""

    def left_behind(self, name: str) -> list[str]:
        """Return the names of what was to become a manifest and lies about."""


class Folder:
    """A folder."""

    def __init__(self, folder: Path) -> None:
        self.place, self.environment = str(folder), dict[str, str]()
        self._manifests = folder / "manifests"

    def manifest(self, name: str) -> dict[str, Any] | None:
        """Read the file."""
        path = self._manifests / name
        return dict(plistlib.loads(path.read_bytes())) if path.exists() else None

    def left_behind(self, name: str) -> list[str]:
        """The hidden files beside it."""
        return [path.name for path in self._manifests.glob(f".{name}*")]


class Git:
    """A git remote."""

    def __init__(self, folder: Path) -> None:
        self._remote = Remote.at(folder)
        self.place, self.environment = self._remote.url, dict[str, str]()

    def manifest(self, name: str) -> dict[str, Any] | None:
        """Read it of the last commit."""
        content = self._remote.read(f"manifests/{name}")
        return dict(plistlib.loads(content)) if content is not None else None

    def left_behind(self, name: str) -> list[str]:
        """The commits about it, but for one."""
        return [line for line in self._remote.log() if name in line][1:]


class Objects:
    """A bucket."""

    def __init__(self, url: str, name: str) -> None:
        self._bucket = Bucket(S3Server(url), name)
        self.place, self.environment = self._bucket.place, dict(self._bucket.server.environment)

    def manifest(self, name: str) -> dict[str, Any] | None:
        """Read the object."""
        if f"manifests/{name}" not in self._names(name):
            return None
        return dict(plistlib.loads(self._bucket.get(f"manifests/{name}")))

    def left_behind(self, name: str) -> list[str]:
        """The hidden objects beside it."""
        return [each for each in self._names(f".{name}") if each != store.PROBE]

    def _names(self, beginning: str) -> list[str]:
        listed = self._bucket.server.admin.list_objects_v2(
            Bucket=self._bucket.name, Prefix=f"manifests/{beginning}"
        )
        return [each["Key"] for each in listed.get("Contents", ())]


def opened(backend: str, where: str) -> Repo:
    """The repo that `made` made, in another process."""
    if backend == "bucket":
        return Objects(*where.split(" "))
    return (Git if backend == "git" else Folder)(Path(where))


@contextmanager
def made(backend: str, folder: Path) -> Iterator[str]:
    """Make a repo; yields where it is, for `opened`."""
    if backend == "bucket":
        with running() as server:
            yield f"{server.url} {server.bucket(sample_repo(folder)).name}"
        return
    if backend == "git":
        Remote(folder)
    else:
        sample_repo(folder)
    yield str(folder)
