"""Where a Munki repo can lie: one interface, and what each place makes of it."""

from provisioning.munki.storage.base import (
    LARGEST,
    NOBODY,
    Overtaken,
    Store,
    Stored,
    UnusablePlace,
    Why,
)
from provisioning.munki.storage.folder import FolderStore

__all__ = [
    "LARGEST",
    "NOBODY",
    "FolderStore",
    "Overtaken",
    "Store",
    "Stored",
    "UnusablePlace",
    "Why",
]
