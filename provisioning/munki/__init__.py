"""The Munki repo: which sites and builds exist in it, and each Mac's manifest."""

from provisioning.munki.manifests import CATALOGS, Destination
from provisioning.munki.opening import mirrored, opened
from provisioning.munki.repo import MunkiRepo, Written
from provisioning.munki.stores import Why

__all__ = ["CATALOGS", "Destination", "MunkiRepo", "Why", "Written", "mirrored", "opened"]
