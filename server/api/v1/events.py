"""Events of all Macs for programs: what happened, from where a program left off."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from provisioning.access.programs.models import READ
from provisioning.monitoring.webhooks.events import MacTold
from provisioning.monitoring.webhooks.fanout import changes
from provisioning.registrations import history
from provisioning.values.board_pages import leading_to
from server.api.v1.frame import paging
from server.api.v1.frame.paging import PageQuery
from server.api.v1.frame.routes import Answer, Call, Moment, Route


class Happened(BaseModel):
    """An event: its type, as webhooks name it, and the Mac after it."""

    id: int
    type: str
    at: Moment
    data: MacTold


class EventsQuery(PageQuery):
    """A question for events."""

    start: Annotated[
        Literal["oldest", "newest"],
        Field(
            description="Where a call without a `cursor` begins; the newest events are those of "
            "the last minute."
        ),
    ] = "oldest"


class Events(BaseModel):
    """Events, the oldest first. `next` is the cursor to ask with later, or at once if `more`."""

    items: list[Happened]
    next: str
    more: bool


def list_events(call: Call, query: EventsQuery) -> Answer[Events]:
    """Events of Macs, the oldest first.

    A page may have fewer events than `limit`, or none, and the next one some: some tell nothing
    of interest, and others are of sites that the token does not reach. Old events are deleted.
    Unknown Macs, trouble and digests are told to webhooks alone.
    """
    browsers = call.dependencies.browsers
    board = browsers.origin if browsers else None
    with call.database.reading() as session, leading_to(board):
        last = paging.last_of(query.cursor)
        if last is None:
            last = history.latest(session, call.at) if query.start == "newest" else 0
        numbers, has_more = history.following(session, last, query.limit, call.at)
        told = [each for each in changes(session, numbers) if isinstance(each.told, MacTold)]
    items = [
        Happened(id=each.id or 0, type=each.type, at=each.at, data=each.told)
        for each in told
        if isinstance(each.told, MacTold) and call.caller.token.reaches(each.told.site)
    ]
    following = paging.cursor_of(numbers[-1] if numbers else last)
    return Answer(Events(items=items, next=following, more=has_more))


ROUTES: Sequence[Route] = [Route("GET", "/events", list_events, READ, tag="events")]
