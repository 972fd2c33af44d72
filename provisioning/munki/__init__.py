"""The Munki repo: which sites and builds exist in it, and each Mac's manifest."""

from provisioning.munki.manifests import Destination
from provisioning.munki.opening import opened
from provisioning.munki.repo import MunkiRepo, Written
from provisioning.munki.stores import Why

__all__ = ["Destination", "MunkiRepo", "Why", "Written", "opened"]
