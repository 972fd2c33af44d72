"""The Munki repo: its sites, its builds and each Mac's manifest."""

from provisioning.munki.layout import Destination
from provisioning.munki.locations import opened, published_repo
from provisioning.munki.manifests.documents import DEFAULT_CATALOGS
from provisioning.munki.repo import MunkiRepo, RepoView, WriteResult
from provisioning.munki.storage import ChangeNote

__all__ = [
    "DEFAULT_CATALOGS",
    "ChangeNote",
    "Destination",
    "MunkiRepo",
    "RepoView",
    "WriteResult",
    "opened",
    "published_repo",
]
