"""A Munki repo small enough to read and complete enough for a Munki client."""

import plistlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from infrastructure.text import normalize
from provisioning.munki.storage import FolderStore

SITES = ("london", "new york", "paris")
BUILDS = ("basic", "design", "developer", "kiosk")
PACKAGES = ("Firefox", "Figma", "VSCode", "Slack", "Zoom")


class DistantStore(FolderStore):
    """A store in a folder that several threads read at once, as a bucket is read."""

    reads_at_once = 4


class CaseIgnored(FolderStore):
    """A store on a disk that ignores case and how accents are stored, as those of Macs do."""

    def exists(self, name: str) -> bool:
        """Return True for a file of this name in any case."""
        return super().exists(self._present(name))

    def _present(self, name: str) -> str:
        alike = (each for each in self.walk("") if normalize(each) == normalize(name))
        return next(alike, name)


def sample_repo(root: Path) -> Path:
    """Make a repo below `root`: `site_default`, 3 sites, 4 builds, catalogs, a few pkginfos."""
    for path, content in _files().items():
        file = root / path
        if not file.parent.is_dir():
            file.parent.mkdir(parents=True)
        file.write_bytes(content)
    return root


@cache
def _files() -> Mapping[str, bytes]:
    """The contents of the repo's files, by their paths in it; the same for every test."""
    return {path: plistlib.dumps(content) for path, content in _contents()}


def _contents() -> Iterator[tuple[str, Any]]:
    yield "manifests/site_default", {"managed_installs": ["Zoom"]}
    for site in SITES:
        yield f"manifests/included_manifests/sites/{site}", {"managed_installs": ["Slack"]}
    for build in BUILDS:
        yield f"manifests/included_manifests/builds/{build}", {"managed_installs": ["Firefox"]}
    for name in PACKAGES:
        info = {"name": name, "version": "1.0", "catalogs": ["production"]}
        yield f"pkgsinfo/{name}-1.0.plist", info
    for catalog in ("production", "all"):
        yield f"catalogs/{catalog}", [{"name": name, "version": "1.0"} for name in PACKAGES]


def add_places(folder: Path, number: int) -> None:
    """Add that many sites and builds, which are empty files, to a repo."""
    for kind in ("site", "build"):
        for each in range(number):
            (folder / f"manifests/included_manifests/{kind}s/{kind} {each}").touch()
