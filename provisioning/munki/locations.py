"""Locations of Munki repos: the stores that a setting names, and the URL of the published repo."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.execution.patience import Patience
from provisioning.munki.layout import DEFAULT, Layout
from provisioning.munki.repo import MunkiRepo
from provisioning.munki.storage import FolderStore, Store, UnusablePlace
from provisioning.munki.storage.wrapped import CallNote, RootedStore, TimedStore
from provisioning.values import libraries

if TYPE_CHECKING:
    from provisioning.munki.published import PublishedRepo

COPY = Path("munki-copy")  # beside the database, where both are what they are by default
_BUCKET = re.compile(r"s3://[A-Za-z0-9._-]{3,255}(/(?!\.{0,2}(/|$))[^/]+)*/?")
_LIKE_A_URL = re.compile(r"[A-Za-z][\w+.-]*:/|[\w.-]+@[\w.-]+:")


def published_repo(url: str | None, authorization: str | None) -> "PublishedRepo | None":
    """Return the published repo at `url`, None where there is no URL."""
    if url is None:
        return None
    from provisioning.munki.published import PublishedRepo  # noqa: PLC0415 - megabytes, for those who use it

    return PublishedRepo(url, authorization)


def opened(
    place: str,
    copy: Path = COPY,
    *,
    root: str = "",
    layout: Callable[[], Layout] = lambda: DEFAULT,
    note: CallNote | None = None,
    patience: Patience | None = None,
) -> MunkiRepo:
    """Return the repo at `place`, which is a setting's text; nothing is read before its first use.

    `copy` is the folder for clones of repos in git, `root` the folder of the repo at the place,
    "" for the place itself, and `layout` returns the layout in force; `note` gets its calls. Locks
    of others are waited for with `patience`. Raises UnusablePlace.
    """
    kept = store(place, copy, root, patience)
    return MunkiRepo(TimedStore(kept, _backend(place), note) if note else kept, layout)


def store(place: str, copy: Path = COPY, root: str = "", patience: Patience | None = None) -> Store:
    """Return the store at `place`: a folder, a git remote or a bucket. Raises UnusablePlace."""
    if place.startswith("git+"):
        from provisioning.munki.storage.git import GitLocation, GitStore  # noqa: PLC0415 - most need none

        in_git = GitStore(GitLocation.parse(place), copy, patience=patience)
        return RootedStore(in_git, root) if root else in_git
    if place.startswith("s3://"):
        refuse_impossible(place)
        from provisioning.munki.storage.s3.store import BucketStore  # noqa: PLC0415 - 25 MiB

        return BucketStore(f"{place.rstrip('/')}/{root}" if root else place)
    if not _LIKE_A_URL.match(place):
        return FolderStore(Path(place) / root, patience=patience)
    raise UnusablePlace(
        "names no place that Rollcall knows: a folder, or git+ssh://…, git+https://…, "
        "git+http://… and git+file:///…, each with #branch where it is not the default, or "
        "s3://BUCKET/PREFIX"
    )


def _backend(place: str) -> str:
    """The kind of store at a place, in one word."""
    if place.startswith("git+"):
        return "git"
    return "s3" if place.startswith("s3://") else "folder"


def refuse_impossible(place: str) -> None:
    """Raise UnusablePlace where `place` cannot be the location of a repo.

    Imports less than `store` does: not every process that reads settings opens the repo.
    """
    if not place.startswith("s3://"):
        store(place)
    elif not _BUCKET.fullmatch(place):
        raise UnusablePlace(
            "is no bucket: s3://BUCKET or s3://BUCKET/PREFIX, where the bucket's name has at "
            "least three letters, digits, dots, - and _"
        )
    elif not libraries.has(libraries.BUCKETS):
        raise UnusablePlace(
            "is in a bucket, which the slim image cannot reach; take the full image, or a folder "
            "or git"
        )
