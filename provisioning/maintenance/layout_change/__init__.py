"""A change of the repo's layout: names that lead elsewhere by it, and their renaming."""

from provisioning.maintenance.layout_change.proposal import RenameProposal, UnknownNewNames, propose
from provisioning.maintenance.layout_change.renames import NoRenameToUndo, Renamed, rename, undo
from provisioning.maintenance.layout_change.waiting import WaitingGroup, WaitingGroups, findings

__all__ = [
    "NoRenameToUndo",
    "RenameProposal",
    "Renamed",
    "UnknownNewNames",
    "WaitingGroup",
    "WaitingGroups",
    "findings",
    "propose",
    "rename",
    "undo",
]
