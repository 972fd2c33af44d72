"""Unknown Macs for programs: those that booted and are not registered.

To settle one by a registration, register its serial.
"""

from collections.abc import Sequence

from pydantic import Field
from structlog.contextvars import bind_contextvars

from provisioning.access.programs.models import CHANGE, READ
from provisioning.access.programs.tokens import BoundToken
from provisioning.firstboot import unknown
from provisioning.firstboot.models import UnknownMac
from provisioning.firstboot.unknown import AlreadySettled
from server.api.v1.frame import paging
from server.api.v1.frame.errors import NoSuchThing
from server.api.v1.frame.paging import Page, PageQuery
from server.api.v1.frame.routes import Answer, Call, Moment, Resource, Route


class UnknownMacResource(Resource):
    """A Mac that booted and is not registered: its first call, and its last one."""

    id: int
    serial: str = Field(validation_alias="reported_as")
    first_at: Moment
    last_at: Moment


class UnknownMacs(Page[UnknownMacResource]):
    """Unknown Macs, the newest first; `next` is the cursor of the following page."""


def list_unknown_macs(call: Call, query: PageQuery) -> Answer[UnknownMacs]:
    """Unknown Macs that wait for an answer, the newest first.

    They are of no site, so a token of certain sites does not see them.
    """
    call.caller.permit_all_sites()  # unknown Macs are of none
    with call.database.reading() as session:
        found = unknown.pending(session, paging.last_of(query.cursor), query.limit + 1)
    page, following = paging.cut(found, query.limit)
    return Answer(
        UnknownMacs(items=[UnknownMacResource.model_validate(row) for row in page], next=following)
    )


def dismiss_unknown_mac(call: Call, number: int) -> Answer[UnknownMacResource]:
    """Say that one is not ours: people are not asked about it again for a day."""
    call.caller.permit_all_sites()  # unknown Macs are of none
    with call.database.begin() as session:
        if session.get(UnknownMac, number) is None:
            raise NoSuchThing
        row = unknown.dismiss(session, number, by=call.caller.actor.by, at=call.at)
        bind_contextvars(serial=row.serial)
        return Answer(UnknownMacResource.model_validate(row))


TAG, DISMISS = "unknown", "/unknown/{number}/dismiss"
ROUTES: Sequence[Route] = [
    Route("GET", "/unknown", list_unknown_macs, READ, (BoundToken,), tag=TAG),
    Route("POST", DISMISS, dismiss_unknown_mac, CHANGE, (BoundToken, AlreadySettled), tag=TAG),
]
