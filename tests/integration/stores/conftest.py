"""Places for a Munki repo, each with what an admin and another server could do there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioning.munki.opening import store as opened
from provisioning.munki.stores import Store
from provisioning.munki.stores.buckets import BucketStore
from tests.support import s3
from tests.support.gits import Remote
from tests.support.s3 import Bucket, S3Server
from tests.support.samples import sample_repo


@dataclass(frozen=True)
class Ground:
    """A place: `another` opens it as another server would, `edit` is what an admin does."""

    another: Callable[[], Store]
    edit: Callable[[str, bytes | None], None]
    has_folders: bool = True


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


def patient(bucket: Bucket) -> BucketStore:
    """A bucket, opened by a server that waits as long as a machine full of tests may need."""
    return BucketStore(bucket.place, patience=30, held=60)


def in_bucket(server: S3Server, tmp_path: Path) -> Ground:
    bucket = server.bucket(sample_repo(tmp_path / "munki_repo"), prefix="munki/")

    def edit(name: str, content: bytes | None) -> None:
        if content is None:
            bucket.remove(name)
        else:
            bucket.put(name, content)

    return Ground(lambda: patient(bucket), edit, has_folders=False)


PLACES: dict[str, Callable[[Path], Ground]] = {"folder": folder, "git": in_git}


@pytest.fixture(params=[*PLACES, "bucket"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    """A place with the sample repo in it."""
    if request.param == "bucket":
        return in_bucket(request.getfixturevalue("s3_server"), tmp_path)
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


@pytest.fixture(scope="session")
def s3_process() -> Iterator[S3Server]:
    """A server in a process of its own."""
    with s3.running() as server:
        yield server


@pytest.fixture
def s3_server(s3_process: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """A server that nothing is wrong with, and the environment that leads there."""
    for name, value in s3_process.environment.items():
        monkeypatch.setenv(name, value)
    yield s3_process
    s3_process.heal()


@pytest.fixture
def bucket(s3_server: S3Server, repo_folder: Path) -> Bucket:
    """A bucket with a sample repo."""
    return s3_server.bucket(repo_folder)


@pytest.fixture
def bucket_store(bucket: Bucket) -> BucketStore:
    """What Rollcall makes of it."""
    return patient(bucket)
