"""Opens the Munki repo that a setting names, and the address at which Macs get it."""

from pathlib import Path
from typing import TYPE_CHECKING

from provisioning.munki.repo import MunkiRepo
from provisioning.munki.stores import FolderStore

if TYPE_CHECKING:
    from provisioning.munki.mirrors import Mirror


def opened(place: str) -> MunkiRepo:
    """Return the repo in the folder `place`; whether it can be used is found out when it is."""
    return MunkiRepo(FolderStore(Path(place)))


def mirrored(url: str | None, authorization: str | None) -> "Mirror | None":
    """Return the repo as Macs get it at `url`; None where nobody says where that is."""
    if url is None:
        return None
    from provisioning.munki.mirrors import Mirror  # noqa: PLC0415 - megabytes, for those who use it

    return Mirror(url, authorization)
