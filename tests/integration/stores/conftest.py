"""Places for a Munki repo, each with what an admin and another server could do there."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioning.munki.opening import store as opened
from provisioning.munki.stores import Store
from tests.support.gits import Remote
from tests.support.samples import sample_repo


@dataclass(frozen=True)
class Ground:
    """A place: `another` opens it as another server would, `edit` is what an admin does."""

    another: Callable[[], Store]
    edit: Callable[[str, bytes | None], None]


def folder(tmp_path: Path) -> Ground:
    root = sample_repo(tmp_path / "munki_repo")

    def edit(name: str, content: bytes | None) -> None:
        path = root / name
        if content is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    return Ground(lambda: opened(str(root)), edit)


def in_git(tmp_path: Path) -> Ground:
    remote, servers = Remote(tmp_path / "git"), iter(range(100))

    def another() -> Store:
        return opened(remote.url, tmp_path / f"server{next(servers)}")

    def edit(name: str, content: bytes | None) -> None:
        remote.edit({name: content})

    return Ground(another, edit)


PLACES: dict[str, Callable[[Path], Ground]] = {"folder": folder, "git": in_git}


@pytest.fixture(params=PLACES)
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    """A place with the sample repo in it."""
    return PLACES[request.param](tmp_path)


@pytest.fixture
def store(ground: Ground) -> Store:
    """The place, as one server has it open."""
    return ground.another()


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """A git remote with the sample repo in it."""
    return Remote(tmp_path / "git")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where a server's clone lies."""
    return tmp_path / "copy"
