"""Batches: Macs that were registered together for one place, and are on one card."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from infrastructure.errors import Unknown
from provisioning.outbox.models import BATCH, Card
from provisioning.registrations.models import Event, Operation, Registration
from provisioning.registrations.queries import SEEN_AS


class NoSuchBatch(Unknown):
    """A batch that does not exist."""

    def __init__(self) -> None:
        super().__init__("There is no such batch.")


def get(session: Session, number: int) -> Card:
    """Return the card of a batch. Raises NoSuchBatch."""
    card = session.get(Card, number)
    if card is None or card.kind != BATCH:
        raise NoSuchBatch
    return card


def newest(
    session: Session, *, before: int | None, limit: int, sites: Sequence[str] | None = None
) -> list[Card]:
    """Return the newest `limit` batches, newest first; only those older than the card `before`.

    `sites` are the only ones to which they went; None: all.
    """
    query = select(Card).where(Card.kind == BATCH).order_by(Card.id.desc()).limit(limit)
    if sites is not None:
        query = query.where(Card.site.in_(sites))
    return list(session.scalars(query if before is None else query.where(Card.id < before)))


def registered_by(session: Session, operation_id: int) -> list[Card]:
    """Return the batches of the Macs that an operation registered, or touched otherwise."""
    cards = (
        select(Registration.card_id)
        .join(Event, Event.registration_id == Registration.id)
        .where(Event.act_id == operation_id)
    )
    query = select(Card).where(Card.id.in_(cards), Card.kind == BATCH).order_by(Card.id)
    return list(session.scalars(query))


def tallies(session: Session, cards: Sequence[Card]) -> dict[int, dict[str, int]]:
    """Return the number of Macs by state of each of a few cards that has any, by its id."""
    counts = select(Registration.card_id, SEEN_AS, func.count())
    counts = counts.where(Registration.card_id.in_([card.id for card in cards]))
    found: dict[int, dict[str, int]] = {}
    for card_id, state, number in session.execute(counts.group_by(Registration.card_id, SEEN_AS)):
        found.setdefault(card_id, {})[state] = number
    return found


def operations_of(session: Session, card: Card, *, limit: int) -> list[tuple[Operation, int]]:
    """Return the newest operations on Macs of a batch, each with the number of these."""
    rows = (
        select(Operation, func.count(Event.id))
        .join(Event, Event.act_id == Operation.id)
        .join(Registration, Event.registration_id == Registration.id)
        .where(Registration.card_id == card.id)
        .group_by(Operation.id)
        .order_by(Operation.id.desc())
        .limit(limit)
    )
    return [(operation, macs) for operation, macs in session.execute(rows)]
