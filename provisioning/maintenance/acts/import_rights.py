"""The rights of people on imports: to see, hand in, edit and settle them."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, or_, select, true

from provisioning.imports import summary
from provisioning.imports.edits.changes import NotTheirs
from provisioning.imports.models import Import
from provisioning.maintenance.acts.actors import Permit, Principal
from provisioning.outbox.models import Card
from provisioning.policy import NotAllowed
from provisioning.values.outsiders import is_same

BOARD, API = "board", "api"  # the ways by which imports come whose dry runs stand on the board


def may_edit_all(principal: Principal, imported: Import) -> bool:
    """Return True for the person who handed in the Macs, and for an admin."""
    return principal.is_admin or is_same(principal.actor.by, imported.by)


def visible(principal: Principal, channels: Collection[str]) -> ColumnElement[bool]:
    """The condition of the imports that a person may see on the board.

    All may see imports of the board and of programs. Of imports in Slack they may see their own,
    and those whose dry run was shown in one of `channels`. Admins may see all.
    """
    if principal.is_admin:
        return true()
    shown = select(Card.id).where(Card.channel.in_(channels))
    return or_(
        Import.by == principal.actor.by, Import.via.in_((BOARD, API)), Import.card_id.in_(shown)
    )


def check_may_hand_in(permit: Permit, sites: Sequence[str]) -> None:
    """Check that a person may register Macs at one of the `sites` at least. Raises NotAllowed."""
    refused = None
    for site in sites or [""]:
        try:
            permit(site)
        except NotAllowed as error:
            refused = refused or error
        else:
            return
    if refused is not None:
        raise refused


def check_may_settle(imported: Import, principal: Principal) -> None:
    """Check that a person may drop an import, or choose its places. Raises NotAllowed, NotTheirs.

    They may if they handed it in, are an admin, or may register Macs at all the sites of its
    ready rows.
    """
    if may_edit_all(principal, imported):
        return
    sites = summary.sites_of(imported.shown)
    if not sites:
        raise NotTheirs
    principal.permit(*sites)
