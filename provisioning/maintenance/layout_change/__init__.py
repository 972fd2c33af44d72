"""A change of the repo's layout: names that lead elsewhere by it, and their renaming."""

from provisioning.maintenance.layout_change.proposal import RenameProposal, UnknownNewNames, propose
from provisioning.maintenance.layout_change.renames import NoRenameToUndo, Renamed, rename, undo
from provisioning.maintenance.layout_change.waiting import findings

__all__ = [
    "NoRenameToUndo",
    "RenameProposal",
    "Renamed",
    "UnknownNewNames",
    "findings",
    "propose",
    "rename",
    "undo",
]
