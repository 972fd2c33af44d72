"""Stores of Munki repos: one interface, with a folder, git and a bucket behind it."""

from provisioning.munki.storage.base import (
    LARGEST,
    NOBODY,
    ChangeNote,
    Overtaken,
    Reader,
    Store,
    Stored,
    UnusablePlace,
)
from provisioning.munki.storage.case import FoundNames, ignores_case
from provisioning.munki.storage.changes import Changes
from provisioning.munki.storage.folder import FolderStore

__all__ = [
    "LARGEST",
    "NOBODY",
    "ChangeNote",
    "Changes",
    "FolderStore",
    "FoundNames",
    "Overtaken",
    "Reader",
    "Store",
    "Stored",
    "UnusablePlace",
    "ignores_case",
]
