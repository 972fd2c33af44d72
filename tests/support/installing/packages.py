"""The packages of Debian that the tests want, as packages.txt lists them, and a machine without.

`python -m tests.support.installing.packages` installs those that are missing, where it may.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ctypes import CDLL
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

from tests.support.databases import postgres

LIST = Path(__file__).parents[3] / "packages.txt"
INSTALL = "apt-get install --no-install-recommends"
POLICY = Path("/usr/sbin/policy-rc.d")  # asked before a package starts a service
UNITS = Path("/lib/systemd/system")


@dataclass(frozen=True, slots=True)
class Package:
    """One line of the list: a package, a program or library of it, and the users that want it."""

    name: str
    brings: str
    wanted_by: frozenset[str]


def packages(user: str) -> list[Package]:
    """The packages that a user wants: `setup`, `test`, `image` or `bench`."""
    lines = (line.partition("#")[0].split() for line in LIST.read_text().splitlines())
    listed = [
        Package(cells[0], cells[1], frozenset(cells[2].split(","))) for cells in lines if cells
    ]
    return [package for package in listed if user in package.wanted_by]


def missing() -> list[Package]:
    """The packages of the tests that this machine does not have."""
    return [package for package in packages("test") if not is_there(package.brings)]


def is_there(name: str, path: str | None = None) -> bool:
    """True where this machine has a program, in `path` or the usual one, or a library of Linux."""
    if ".so." not in name:
        return shutil.which(name, path=path) is not None
    if sys.platform != "linux":  # nothing is linked with it there
        return True
    try:
        CDLL(name)
    except OSError:
        return False
    return True


def command(wanted: Iterable[Package]) -> str:
    """The line that installs packages, as an admin types it."""
    return " ".join((INSTALL, *(package.name for package in wanted)))


def program(name: str) -> str:
    """The path of a program, for a test that is nothing without it: see `lack`."""
    need(name)
    return shutil.which(name) or name


def need(name: str) -> None:
    """Go on with a test only where there is a program or a library: see `lack`."""
    if not is_there(name):
        lack(name)


def lack(name: str) -> NoReturn:
    """End a test for want of a program: skipped, but failed in CI, where everything is."""
    if os.environ.get("CI"):
        pytest.fail(f"CI has to have {name}")
    pytest.skip(f"{name} is not installed")


def summary() -> str:
    """One line about the programs that this machine lacks and how to get them; else empty."""
    lacking = missing()
    names = [package.brings for package in lacking]
    if postgres.programs() is None:
        names.append("a PostgreSQL for this Python")
    if find_spec("ldap") is None:
        names.append("python-ldap (`make ldap`)")
    if not names:
        return ""
    line = f"This machine lacks {', '.join(names)}; tests that need it were skipped."
    return f"{line} On Debian: {command(lacking)}" if lacking else line


def install() -> None:
    """Install what is missing, where this is root on Debian. A failure is told, and no error.

    Tests want programs, not the services that some packages start: those are neither started now
    nor when the machine boots.
    """
    lacking = missing()
    if not (lacking and os.geteuid() == 0 and _is_debian()):
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with services_held_back(POLICY):
        for line in ("apt-get update", f"{command(lacking)} --yes"):
            subprocess.run(line.split(), env=environment, check=False)
    services = [package.name for package in lacking if (UNITS / f"{package.name}.service").exists()]
    if services:
        subprocess.run(["systemctl", "disable", *services], check=False)


@contextmanager
def services_held_back(policy: Path) -> Iterator[None]:
    """Have Debian start no service while packages are installed; a policy of the admin's stays."""
    try:
        descriptor = os.open(policy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o755)
    except OSError:  # there is one, or nothing can be installed anyway
        yield
        return
    with open(descriptor, "w") as file:
        file.write("#!/bin/sh\nexit 101\n")
    try:
        yield
    finally:
        policy.unlink()


def _is_debian() -> bool:
    try:
        return platform.freedesktop_os_release()["ID"] == "debian"
    except OSError:  # no Linux
        return False


if __name__ == "__main__":
    install()
