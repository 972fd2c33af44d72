"""Opens the Munki repo that a setting names."""

from pathlib import Path

from provisioning.munki.repo import MunkiRepo
from provisioning.munki.stores import FolderStore, Store


def opened(place: str) -> MunkiRepo:
    """Return the repo at `place`; whether it can be used is found out when it is.

    A folder, or `s3://BUCKET/PREFIX`.
    """
    return MunkiRepo(store_at(place))


def store_at(place: str) -> Store:
    """Return what keeps the files at `place`; what only some places need is imported here."""
    if place.startswith("s3://"):
        from provisioning.munki.stores.buckets import BucketStore  # noqa: PLC0415

        return BucketStore(place)
    return FolderStore(Path(place))
