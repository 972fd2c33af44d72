"""A store in git: read from a clone of our own, changed by commits that are pushed."""

from provisioning.munki.storage.git.location import GitLocation
from provisioning.munki.storage.git.refresh import RefreshPace
from provisioning.munki.storage.git.store import GitStore

__all__ = ["GitLocation", "GitStore", "RefreshPace"]
