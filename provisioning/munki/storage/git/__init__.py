"""A store in git: read from a clone of our own, changed by commits that are pushed."""

from provisioning.munki.storage.git.location import Place
from provisioning.munki.storage.git.refresh import Pace
from provisioning.munki.storage.git.store import GitStore

__all__ = ["GitStore", "Pace", "Place"]
