"""Batches for programs: Macs that were registered together for one place, with how they stand.

Their Macs are in the list of registrations, by `batch`.
"""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from provisioning.access.programs.models import READ
from provisioning.outbox.models import Card
from provisioning.registrations.listings import batches
from provisioning.registrations.listings.batches import NoSuchBatch
from server.api.v1.frame import paging
from server.api.v1.frame.errors import NoSuchThing
from server.api.v1.frame.paging import Page, PageQuery
from server.api.v1.frame.routes import Answer, Call, KnownPerson, Moment, Route


class Batch(BaseModel):
    """A batch: the Macs of one card. `macs` are their numbers by state."""

    id: int
    site: str
    build: str
    note: str
    registered_by: KnownPerson
    created_at: Moment
    macs: dict[str, int]

    @classmethod
    def of(cls, card: Card, macs: Mapping[str, int]) -> "Batch":
        """Return a batch of the database."""
        return cls(
            id=card.id,
            site=card.site or "",
            build=card.build or "",
            note=card.note or "",
            registered_by=card.registered_by,
            created_at=card.created_at,
            macs=dict(macs),
        )


class Batches(Page[Batch]):
    """A page of batches, the newest first; `next` is the cursor of the page behind it."""


def list_batches(call: Call, query: PageQuery) -> Answer[Batches]:
    """Batches for sites that the token reaches, the newest first."""
    with call.database.reading() as session:
        found = batches.newest(
            session,
            before=paging.last_of(query.cursor),
            limit=query.limit + 1,
            sites=call.caller.token.sites,
        )
        page, following = paging.cut(found, query.limit)
        tallies = batches.tallies(session, page)
    items = [Batch.of(card, tallies.get(card.id, {})) for card in page]
    return Answer(Batches(items=items, next=following))


def get_batch(call: Call, number: int) -> Answer[Batch]:
    """One batch: how many of its Macs are in which state."""
    with call.database.reading() as session:
        try:
            card = batches.get(session, number)
        except NoSuchBatch:
            raise NoSuchThing from None
        if not call.caller.token.reaches(card.site or ""):
            raise NoSuchThing
        return Answer(Batch.of(card, batches.tallies(session, [card]).get(card.id, {})))


ROUTES: Sequence[Route] = [
    Route("GET", "/batches", list_batches, READ, tag="batches"),
    Route("GET", "/batches/{number}", get_batch, READ, tag="batches"),
]
