"""Opens the Munki repo that a setting names."""

from pathlib import Path

from provisioning.munki.repo import MunkiRepo
from provisioning.munki.stores import FolderStore


def opened(place: str) -> MunkiRepo:
    """Return the repo in the folder `place`; whether it can be used is found out when it is."""
    return MunkiRepo(FolderStore(Path(place)))
