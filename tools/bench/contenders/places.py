"""The places in which a Munki repo can lie, each with the sample repo in it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fakes import s3
from tests.fakes.git.remote import Remote
from tests.support.inputs.samples import sample_repo

Edit = Callable[[Mapping[str, bytes | None]], object]


@dataclass(frozen=True, slots=True)
class Repo:
    """A repo: the `settings` that name it, and how an admin changes files in it."""

    settings: Mapping[str, str]
    edit: Edit


@dataclass(frozen=True, slots=True)
class RepoPlace:
    """A place; `made` makes a repo in it."""

    name: str
    title: str
    made: Callable[[Path], AbstractContextManager[Repo]]


@contextmanager
def _folder(folder: Path) -> Iterator[Repo]:
    root = sample_repo(folder / "repo")

    def edit(changes: Mapping[str, bytes | None]) -> None:
        for name, content in changes.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content or b"")

    yield Repo({"MUNKI_REPO": str(root)}, edit)


@contextmanager
def _git(folder: Path) -> Iterator[Repo]:
    remote = Remote(folder / "git")
    copy = {"ROLLCALL_REPO_COPY": str(folder / "copy")}
    yield Repo({"MUNKI_REPO": remote.url, **copy}, remote.edit)


@contextmanager
def _bucket(folder: Path) -> Iterator[Repo]:
    with s3.running() as server:
        bucket = server.bucket(sample_repo(folder / "repo"), prefix="munki/")

        def edit(changes: Mapping[str, bytes | None]) -> None:
            for name, content in changes.items():
                bucket.put(name, content or b"")

        yield Repo({"MUNKI_REPO": bucket.place, **server.environment}, edit)


PLACES = (
    RepoPlace("folder", "a folder", _folder),
    RepoPlace("git", "git, the remote on this disk", _git),
    RepoPlace("bucket", "a bucket, moto's server beside it", _bucket),
)
