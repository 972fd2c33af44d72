"""The slim image as a folder: the product, and a Python with the libraries that are in it alone."""

import json
import re
import shutil
import sysconfig
import venv
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from tests.support.installation import ROOT

IN_THE_IMAGE = (
    "infrastructure", "provisioning", "bot", "server", "rollcall",
    "templates", "migrations",
)  # fmt: skip
_TAKEN_OUT = re.compile(r"uninstall --quiet --yes \\\n *(.+)\n")


def taken_out() -> frozenset[str]:
    """The distributions that the Dockerfile takes out of the slim image."""
    (names,) = _TAKEN_OUT.findall((ROOT / "Dockerfile").read_text())
    return frozenset(names.split())


def slim_root(folder: Path) -> Path:
    """Lay `folder` out as a checkout with a .venv, for an Installation; return it."""
    folder.mkdir()
    for name in IN_THE_IMAGE:
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "boot.sh", folder)  # it goes to its own folder, from a link too
    venv.create(folder / ".venv", symlinks=True)
    packages = next((folder / ".venv").glob("lib/*/site-packages"))
    installed = Path(sysconfig.get_path("purelib"))
    for name in _top_level(locked() - taken_out()):
        (packages / name).symlink_to(installed / name)
    return folder


def locked() -> set[str]:
    """The distributions that the lock has for the image."""
    return set(json.loads((ROOT / "Pipfile.lock").read_text())["default"])


def found(name: str) -> Distribution | None:
    """An installed distribution; None for one that this platform does without."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _top_level(names: set[str]) -> set[str]:
    """The files and folders of distributions, as they lie in site-packages."""
    files = [file for name in names if (dist := found(name)) for file in dist.files or ()]
    tops = {file.parts[0] for file in files}
    return tops - {"..", "__pycache__"}
