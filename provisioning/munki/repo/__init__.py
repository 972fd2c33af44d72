"""The Munki repo in one layout: its places, and the one way to change a Mac's manifest."""

from provisioning.munki.repo.view import MunkiRepo, RepoView, WriteResult, digest

__all__ = ["MunkiRepo", "RepoView", "WriteResult", "digest"]
