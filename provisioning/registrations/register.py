"""Registrations: what a technician said about which Mac, and every change of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from infrastructure.database.engine import changed
from provisioning.munki import Destination
from provisioning.outbox import outbox
from provisioning.outbox.models import Card
from provisioning.registrations import batches, changes, operations, queries
from provisioning.registrations.models import CANCELLED, WAITING, Operation, Registration
from provisioning.values.serials import Serial


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of registering some serials.

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
    taken_over = batches.by_scripts(session, keys)
    registered = changed(session, batches.inserting(session, keys, card, act))
    already = (
        list(session.scalars(batches.others(session, keys, card))) if registered < len(keys) else []
    )
    if not registered:
        if asked_on is None:
            session.delete(card)
        return Batch(0, already, None)
    batches.note(session, card, act, taken_over)
    outbox.owe_card(session, card, at=act.at)
    return Batch(registered, already, card)


def reassign(
    session: Session, serial: Serial, destination: Destination, *, act: Operation
) -> tuple[Registration, Destination]:
    """Send a registered Mac somewhere else; it waits again, whatever became of it before.

    Returns the registration and where it went until now. Raises NotRegistered.
    """
    registration = queries.get_open(session, serial, lock=True)
    was, before = queries.destination_of(registration), _before(registration)
    if was == destination:
        return registration, was
    registration.site, registration.build = destination.site, destination.build
    registration.registered_by = registration.registered_by or act.by
    _wait(registration)
    operations.record(session, registration, act, before)
    return registration, was


def reimage(session: Session, serial: Serial, *, act: Operation) -> Registration:
    """Have a registered Mac wait for another first boot. Raises NotRegistered."""
    registration = queries.get_open(session, serial, lock=True)
    before = _before(registration)
    registration.registered_by = registration.registered_by or act.by
    _wait(registration)
    operations.record(session, registration, act, before)
    return registration


def cancel(session: Session, serial: Serial, *, act: Operation) -> Registration:
    """Close the registration of a Mac. Its history stays. Raises NotRegistered."""
    registration = queries.get_open(session, serial, lock=True)
    before = changes.snapshot(registration)
    registration.state, registration.closed_at = CANCELLED, act.at
    operations.record(session, registration, act, before)
    return registration


def _before(registration: Registration) -> dict[str, Any]:
    """What a registration was that a person takes over, if nobody has registered it."""
    also = [] if registration.registered_by else ["registered_by"]
    return changes.snapshot(registration, *also)


def _wait(registration: Registration) -> None:
    registration.state, registration.confirmed_at = WAITING, None
    registration.heard_at = registration.step = registration.mentioned_at = None
