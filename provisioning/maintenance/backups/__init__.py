"""Backups: the whole database as one file, which can be restored into either kind of database."""

from provisioning.maintenance.backups.archives import UnusableBackup
from provisioning.maintenance.backups.restoring import Restored, restore
from provisioning.maintenance.backups.taking import (
    IncompleteDatabase,
    NothingToBackUp,
    refuse_missing,
    take,
    take_to_file,
)

__all__ = [
    "IncompleteDatabase",
    "NothingToBackUp",
    "Restored",
    "UnusableBackup",
    "refuse_missing",
    "restore",
    "take",
    "take_to_file",
]
