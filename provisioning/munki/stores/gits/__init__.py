"""A repo in git: read from a clone of our own, changed by commits that are pushed."""

from provisioning.munki.stores.gits.places import Place
from provisioning.munki.stores.gits.repos import GitStore
from provisioning.munki.stores.gits.watches import Pace

__all__ = ["GitStore", "Pace", "Place"]
