"""How hard the property tests look, what is done to a Munki repo, and who else wants it."""

import plistlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from provisioning.munki import Destination, MunkiRepo, Written
from provisioning.munki.storage.folder import LOCK_FOLDER
from provisioning.values.serials import Serial
from tests.support.soaking import SOAK

settings.register_profile("unit", max_examples=500 if SOAK else 25, deadline=None)
settings.load_profile("unit")

MAC = Serial("C02ABC123DEF")
LONDON = Destination("london", "design")
PARIS = Destination("paris", "kiosk")

Assign = Callable[..., Written]
Hold = Callable[[], AbstractContextManager[object]]


@pytest.fixture
def manifests(repo_folder: Path) -> Path:
    """The folder of the Macs' manifests."""
    return repo_folder / "manifests"


@pytest.fixture
def assign(repo: MunkiRepo) -> Assign:
    """Send a Mac somewhere: ours to London, unless told otherwise."""

    def assign_it(to: Destination = LONDON, mac: Serial = MAC) -> Written:
        with repo.holding(mac):
            return repo.assign(mac, to)

    return assign_it


@pytest.fixture
def write(manifests: Path) -> Callable[..., Path]:
    """Have an admin write our Mac's manifest."""

    def write_it(content: bytes | None = None, **keys: Any) -> Path:
        path = manifests / MAC.text
        path.write_bytes(plistlib.dumps(keys) if content is None else content)
        return path

    return write_it


def seen(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every file below a folder of manifests but the locks: bytes, time of change, inode."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), state.st_mtime_ns, state.st_ino)
        for path in folder.rglob("*")
        if path.is_file() and LOCK_FOLDER not in path.parts and (state := path.stat())
    }


class Waiter:
    """Somebody else who wants what is held, in a thread of this process."""

    def __init__(self, hold: Hold) -> None:
        self._has_it, self._enough = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._want, args=(hold,))
        self._thread.start()

    def waits(self) -> bool:
        """Whether it still has to wait, after longer than it takes to get something free."""
        return not self._has_it.wait(0.1)

    def has_it(self) -> bool:
        """Whether it gets what it wants."""
        return self._has_it.wait(5)

    def leave(self) -> None:
        """Go away."""
        self._enough.set()
        self._thread.join()

    def _want(self, hold: Hold) -> None:
        with hold():
            self._has_it.set()
            self._enough.wait(10)


Want = Callable[[Hold], Waiter]


@pytest.fixture
def want() -> Iterator[Want]:
    """Have somebody else want something; everybody has left at the end."""
    waiters: list[Waiter] = []

    def wanted(hold: Hold) -> Waiter:
        waiters.append(Waiter(hold))
        return waiters[-1]

    yield wanted
    for waiter in waiters:
        waiter.leave()
