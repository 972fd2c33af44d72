"""Registering: any number of Macs go to one destination, and stand on one card."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Executable, Select, literal, select, true
from sqlalchemy.orm import Session

from infrastructure.database.bulk import is_among
from infrastructure.database.engine import changed, rows_of, upsert
from provisioning.munki import Destination
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

    `registered` counts the new registrations; `already` holds those that stood in the way,
    unchanged; `card` shows the new ones, None where there are none.
    """

    registered: int
    already: list[Registration]
    card: Card | None


def register(
    session: Session,
    wanted: Sequence[Serial],
    destination: Destination,
    *,
    act: Operation,
    channel: str,
    note: str = "",
    asked_on: Card | None = None,
) -> Batch:
    """Register all of `wanted` (any number, in any case, repetitions count once) in one card.

    A serial that a person has registered already is left alone and comes back in `already`. One
    that only its own script brought in is taken over. The card is a new one, or the one that
    they were `asked_on`, which showed no Macs before.
    """
    keys = sorted({serial.key for serial in wanted})  # in one order, or two batches deadlock
    card = asked_on or Card(key=uuid4().hex, created_at=act.at)
    card.channel = asked_on.channel if asked_on else channel
    card.site, card.build = destination.site, destination.build
    card.registered_by, card.note = act.by, note
    session.add(card)
    session.flush()
    taken_over = _by_scripts(session, keys)
    registered = changed(session, _inserting(session, keys, card, act))
    already = list(session.scalars(_others(session, keys, card))) if registered < len(keys) else []
    if not registered:
        if asked_on is None:
            session.delete(card)
        return Batch(0, already, None)
    history.record_registered(session, card, act, taken_over)
    outbox.enqueue_card(session, card, at=act.at)
    return Batch(registered, already, card)


def _inserting(session: Session, keys: list[str], card: Card, act: Operation) -> Executable:
    """One statement for any number of serials: new ones, and those that nobody had registered."""
    fresh = {
        "site": card.site,
        "build": card.build,
        "state": WAITING,
        "registered_by": card.registered_by,
        "channel": card.channel,
        "card_id": card.id,
        "changed_at": act.at,
    }
    columns = Registration.__table__.c
    values = {name: literal(value, columns[name].type) for name, value in fresh.items()}
    texts = rows_of(session, keys)
    rows = select(
        texts.c.value,
        literal(1),
        literal(act.at, columns.created_at.type),
        *values.values(),
    ).where(true())
    statement = upsert(session, Registration).from_select(
        ["serial", "revision", "created_at", *values], rows, include_defaults=False
    )
    return statement.on_conflict_do_update(
        index_elements=["serial"],
        index_where=_OPEN,
        set_={**fresh, **_UNHEARD, "confirmed_at": None, "revision": Registration.revision + 1},
        where=Registration.registered_by.is_(None),
    )


def _others(session: Session, keys: list[str], card: Card) -> Select[Registration]:
    """Select the open registrations of these serials that are not on the card."""
    elsewhere = _OPEN & Registration.card_id.is_distinct_from(card.id)
    same = is_among(session, keys, Registration.serial)
    return select(Registration).where(same, elsewhere).order_by(Registration.serial)


def _by_scripts(session: Session, keys: list[str]) -> list[Mac]:
    """The Macs that only their own scripts brought in, as they are before a person does."""
    same = is_among(session, keys, Registration.serial) & _OPEN
    return changes.lock(session, same & Registration.registered_by.is_(None))
