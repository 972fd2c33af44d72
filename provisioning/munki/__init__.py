"""The Munki repo: which sites and builds exist in it, and each Mac's manifest."""

from provisioning.munki.manifests import Destination
from provisioning.munki.repo import MunkiRepo, Written

__all__ = ["Destination", "MunkiRepo", "Written"]
