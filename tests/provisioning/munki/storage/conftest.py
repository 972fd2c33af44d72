"""Places for a Munki repo, each with what an admin and another server could do there."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.locations import store as opened
from provisioning.munki.storage import Store
from provisioning.munki.storage.git import GitLocation, GitStore, RefreshPace
from provisioning.munki.storage.s3.client import Clients, Timeouts
from provisioning.munki.storage.s3.store import BucketStore
from provisioning.values.serials import Serial
from tests.fakes import s3
from tests.fakes.git.remote import Remote
from tests.fakes.s3 import Bucket, S3Server
from tests.support.fixtures.repo import LONDON, MAC
from tests.support.inputs.samples import sample_repo

# What a machine full of tests may need.
PATIENT = Timeouts(answer=20, request=30, pauses=(0.01, 0.01, 0.01, 0.01), held=60)


@dataclass(frozen=True)
class Ground:
    """A place: `another` opens it as another server would, `edit` is what an admin does.

    `usual` opens it with Rollcall's own patience, others look at the place more often.
    """

    another: Callable[[], Store]
    usual: Callable[[], Store]
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

    return Ground(lambda: opened(str(root)), lambda: opened(str(root)), edit)


def in_git(tmp_path: Path) -> Ground:
    remote, servers = Remote(tmp_path / "git"), iter(range(100))

    def another() -> Store:
        return watchful(remote, tmp_path / f"server{next(servers)}")

    def edit(name: str, content: bytes | None) -> None:
        remote.edit({name: content})

    return Ground(another, lambda: opened(remote.url, tmp_path / "usual"), edit)


def content_of(store: Store, name: str) -> bytes | None:
    """The bytes of a file; None where there is none."""
    found = store.read(name)
    return None if found is None else found.content


def boot(repo: MunkiRepo, mac: Serial = MAC, to: Destination = LONDON) -> None:
    """Change the repo as a server does for a Mac that boots for the first time."""
    place = repo.now().destination(to.site, to.build)
    if not repo.now().is_current(mac, place):
        with repo.now().holding(mac):
            repo.now().assign(mac, place)


def watchful(remote: Remote, copy: Path) -> GitStore:
    """A repo in git, opened by a server that looks at the remote five times a second."""
    return GitStore(GitLocation.parse(remote.url), copy, RefreshPace(soon=0.2))


def patient(bucket: Bucket, clients: Clients) -> BucketStore:
    """A bucket, opened by a server that waits as long as it takes, and looks often."""
    return BucketStore(bucket.place, PATIENT, clients=clients, max_age=0.3)


def in_bucket(server: S3Server, clients: Clients, tmp_path: Path) -> Ground:
    bucket = server.bucket(sample_repo(tmp_path / "munki_repo"), prefix="munki/")

    def edit(name: str, content: bytes | None) -> None:
        if content is None:
            bucket.remove(name)
        else:
            bucket.put(name, content)

    return Ground(
        lambda: patient(bucket, clients), lambda: opened(bucket.place), edit, has_folders=False
    )


PLACES: dict[str, Callable[[Path], Ground]] = {"folder": folder, "git": in_git}


@pytest.fixture(params=[*PLACES, "bucket"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    """A place with the sample repo in it."""
    if request.param == "bucket":
        server, clients = map(request.getfixturevalue, ("s3_server", "s3_clients"))
        return in_bucket(server, clients, tmp_path)
    return PLACES[request.param](tmp_path)


@pytest.fixture
def everywhere(tmp_path: Path, s3_server: S3Server, s3_clients: Clients) -> Sequence[Ground]:
    """All the places."""
    bucket = in_bucket(s3_server, s3_clients, tmp_path / "bucket")
    return [bucket, *(make(tmp_path / name) for name, make in PLACES.items())]


@pytest.fixture
def store(ground: Ground) -> Store:
    """The place, as one server has it open."""
    return ground.another()


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


@pytest.fixture(scope="session")
def s3_clients() -> Clients:
    """Clients of that server, which stores share because each takes a while to open."""
    return Clients(PATIENT)


@pytest.fixture
def bucket(s3_server: S3Server, repo_folder: Path) -> Bucket:
    """A bucket with a sample repo."""
    return s3_server.bucket(repo_folder)


@pytest.fixture
def bucket_store(bucket: Bucket, s3_clients: Clients) -> BucketStore:
    """A store on that bucket."""
    return patient(bucket, s3_clients)
