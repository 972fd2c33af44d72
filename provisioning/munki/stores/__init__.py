"""Where a Munki repo can lie: one interface, and what each place makes of it."""

from provisioning.munki.stores.base import NOBODY, Overtaken, Store, Stored, Why
from provisioning.munki.stores.folders import FolderStore

__all__ = ["NOBODY", "FolderStore", "Overtaken", "Store", "Stored", "Why"]
