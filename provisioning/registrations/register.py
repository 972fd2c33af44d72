"""The registering of Macs: any number go to one destination and are shown on one card."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Executable, Select, literal, select, true
from sqlalchemy.orm import Session

from infrastructure.database.bulk import is_among, texts_as_table
from infrastructure.database.engine import changed, upsert
from provisioning.munki import Destination
from provisioning.munki.layout import kept
from provisioning.outbox import outbox
from provisioning.outbox.models import Card
from provisioning.registrations import changes, history
from provisioning.registrations.models import WAITING, Mac, Operation, Registration
from provisioning.values.serials import Serial

_OPEN = Registration.closed_at.is_(None)
_UNHEARD = {"heard_at": None, "step": None, "mentioned_at": None}


@dataclass(frozen=True, slots=True)
class Batch:
    """The result of registering some serials.

    `registered` counts the new registrations; `already` holds the open ones of other cards, which
    stay unchanged; `card` shows the new ones, None where there are none.
    """

    registered: int
    already: list[Registration]
    card: Card | None


def register(
    session: Session,
    serials: Sequence[Serial],
    destination: Destination,
    *,
    operation: Operation,
    channel: str,
    note: str = "",
    asked_on: Card | None = None,
) -> Batch:
    """Register all of `serials` (any number, in any case, repetitions count once) on one card.

    A serial that a person has registered already is left alone and returned in `already`. One
    that only the Mac's own script registered is taken over. The card is new, or it is `asked_on`,
    the card of a question that the registration answers.
    """
    keys = sorted({serial.key for serial in serials})  # in one order, or two batches deadlock
    card = asked_on or Card(key=uuid4().hex, created_at=operation.at)
    card.channel = asked_on.channel if asked_on else channel
    card.site, card.build = destination.site, destination.build
    card.registered_by, card.note = operation.by, note
    session.add(card)
    session.flush()
    taken_over = _by_scripts(session, keys)
    layout = kept.keep(session, destination.layout, operation.at)
    registered = changed(session, _insert_or_take_over(session, keys, card, layout, operation))
    already = list(session.scalars(_others(session, keys, card))) if registered < len(keys) else []
    if not registered:
        if asked_on is None:
            session.delete(card)
        return Batch(0, already, None)
    history.record_registered(session, card, operation, taken_over, layout)
    outbox.enqueue_card(session, card, at=operation.at)
    return Batch(registered, already, card)


def _insert_or_take_over(
    session: Session, keys: list[str], card: Card, layout: str | None, operation: Operation
) -> Executable:
    """One statement for any number of serials: new ones, and those that no person registered."""
    new = {
        "site": card.site,
        "build": card.build,
        "layout": layout,
        "state": WAITING,
        "registered_by": card.registered_by,
        "channel": card.channel,
        "card_id": card.id,
        "changed_at": operation.at,
    }
    columns = Registration.__table__.c
    values = {name: literal(value, columns[name].type) for name, value in new.items()}
    texts = texts_as_table(session, keys)
    rows = select(
        texts.c.value,
        literal(1),
        literal(operation.at, columns.created_at.type),
        *values.values(),
    ).where(true())
    statement = upsert(session, Registration).from_select(
        ["serial", "revision", "created_at", *values], rows, include_defaults=False
    )
    return statement.on_conflict_do_update(
        index_elements=["serial"],
        index_where=_OPEN,
        set_={**new, **_UNHEARD, "confirmed_at": None, "revision": Registration.revision + 1},
        where=Registration.registered_by.is_(None),
    )


def _others(session: Session, keys: list[str], card: Card) -> Select[Registration]:
    """Select the open registrations of these serials that are not on the card."""
    elsewhere = _OPEN & Registration.card_id.is_distinct_from(card.id)
    condition = is_among(session, keys, Registration.serial)
    return select(Registration).where(condition, elsewhere).order_by(Registration.serial)


def _by_scripts(session: Session, keys: list[str]) -> list[Mac]:
    """The Macs that only their own scripts registered, as they are before a person does."""
    condition = is_among(session, keys, Registration.serial) & _OPEN
    return changes.lock(session, condition & Registration.registered_by.is_(None))
