"""The places in which a Munki repo can lie, each with the sample repo in it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.samples import sample_repo

Settings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A place; `made` makes the repo in it and yields the settings that name it."""

    name: str
    title: str
    made: Callable[[Path], AbstractContextManager[Settings]]


@contextmanager
def _folder(folder: Path) -> Iterator[Settings]:
    yield {"MUNKI_REPO": str(sample_repo(folder / "repo"))}


PLACES = (Place("folder", "a folder", _folder),)
