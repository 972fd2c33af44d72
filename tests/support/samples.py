"""A Munki repo small enough to read and complete enough for a Munki client."""

import plistlib
from pathlib import Path
from typing import Any

SITES = ("london", "new york", "paris")
BUILDS = ("basic", "design", "developer", "kiosk")
PACKAGES = ("Firefox", "Figma", "VSCode", "Slack", "Zoom")


def sample_repo(root: Path) -> Path:
    """Make a repo below `root`: `site_default`, 3 sites, 4 builds, catalogs, a few pkginfos."""
    included = root / "manifests" / "included_manifests"
    _write(root / "manifests" / "site_default", {"managed_installs": ["Zoom"]})
    for site in SITES:
        _write(included / "sites" / site, {"managed_installs": ["Slack"]})
    for build in BUILDS:
        _write(included / "builds" / build, {"managed_installs": ["Firefox"]})
    for name in PACKAGES:
        info = {"name": name, "version": "1.0", "catalogs": ["production"]}
        _write(root / "pkgsinfo" / f"{name}-1.0.plist", info)
    for catalog in ("production", "all"):
        _write(root / "catalogs" / catalog, [{"name": name, "version": "1.0"} for name in PACKAGES])
    return root


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(plistlib.dumps(content))
