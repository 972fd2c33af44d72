"""Where a Munki repo can lie: one interface, and what each place makes of it."""

from provisioning.munki.stores.base import LARGEST, NOBODY, Overtaken, Store, Stored, Why
from provisioning.munki.stores.folders import FolderStore

__all__ = ["LARGEST", "NOBODY", "FolderStore", "Overtaken", "Store", "Stored", "Why"]
