"""A change of the repo's layout: names that lead elsewhere by it, and their renaming."""

from provisioning.maintenance.layout_change.proposal import Asked, Proposal, propose
from provisioning.maintenance.layout_change.renames import NothingToUndo, Renamed, rename, undo
from provisioning.maintenance.layout_change.waiting import Group, Waiting, findings

__all__ = [
    "Asked",
    "Group",
    "NothingToUndo",
    "Proposal",
    "Renamed",
    "Waiting",
    "findings",
    "propose",
    "rename",
    "undo",
]
