"""Registrations: what a technician said about which Mac, and every change of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import ColumnElement, Executable, Select, insert, literal, or_, select, true
from sqlalchemy.orm import Session

from provisioning import acts, notifications, serials, strangers
from provisioning.database import changed, rows_of, upsert
from provisioning.errors import NotRegistered
from provisioning.models import CANCELLED, WAITING, Act, Card, Event, Registration
from provisioning.munki import Destination
from provisioning.serials import Serial

_OPEN = Registration.closed_at.is_(None)
_UNHEARD = {"heard_at": None, "step": None, "mentioned_at": None}


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
    act: Act,
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
    registered = changed(session, _registrations(session, keys, card, act))
    already = list(session.scalars(_others(session, keys, card))) if registered < len(keys) else []
    if not registered:
        if asked_on is None:
            session.delete(card)
        return Batch(0, already, None)
    session.execute(_registered_events(card, act))
    strangers.settle_known(session, act.at)
    notifications.owe_card(session, card, at=act.at)
    return Batch(registered, already, card)


def reassign(
    session: Session, serial: Serial, destination: Destination, *, act: Act
) -> tuple[Registration, Destination]:
    """Send a registered Mac somewhere else; it waits again, whatever became of it before.

    Returns the registration and where it went until now. Raises NotRegistered.
    """
    registration = opened(session, serial)
    was, before = destination_of(registration), acts.snapshot(registration)
    if was == destination:
        return registration, was
    registration.site, registration.build = destination.site, destination.build
    registration.registered_by = registration.registered_by or act.by
    _wait(registration)
    acts.record(session, registration, act, before)
    return registration, was


def reimage(session: Session, serial: Serial, *, act: Act) -> Registration:
    """Have a registered Mac wait for another first boot. Raises NotRegistered."""
    registration = opened(session, serial)
    before = acts.snapshot(registration)
    registration.registered_by = registration.registered_by or act.by
    _wait(registration)
    acts.record(session, registration, act, before)
    return registration


def cancel(session: Session, serial: Serial, *, act: Act) -> Registration:
    """Close the registration of a Mac. Its history stays. Raises NotRegistered."""
    registration = opened(session, serial)
    before = acts.snapshot(registration)
    registration.state, registration.closed_at = CANCELLED, act.at
    acts.record(session, registration, act, before)
    return registration


def _wait(registration: Registration) -> None:
    registration.state, registration.confirmed_at = WAITING, None
    registration.heard_at = registration.step = registration.mentioned_at = None


def opened(session: Session, serial: Serial) -> Registration:
    """Return the open registration of a Mac, held. Raises NotRegistered, with near misses.

    As it is once it is held, also where the session has met it before: its Mac may have been
    confirmed since.
    """
    query = select(Registration).where(Registration.serial == serial.key, _OPEN).with_for_update()
    query = query.execution_options(populate_existing=True)
    registration = session.scalars(query).one_or_none()
    if registration is None:
        raise NotRegistered(serial.text, nearest=nearest(session, serial))
    return registration


def nearest(session: Session, serial: Serial) -> list[str]:
    """Return the open registrations' serials that `serial` may be a slip of."""
    known = session.scalars(select(Registration.serial).where(_OPEN, _nearly(serial)))
    return serials.nearest(serial, known)


def destination_of(registration: Registration) -> Destination:
    """Where a registration sends its Mac."""
    return Destination(registration.site, registration.build)


def _nearly(serial: Serial) -> ColumnElement[bool]:
    """A cheap superset of the serials a few typing mistakes away: same beginning or same end."""
    half = len(serial.key) // 2
    return or_(
        Registration.serial.startswith(serial.key[:half], autoescape=True),
        Registration.serial.endswith(serial.key[half:], autoescape=True),
    )


def _registrations(session: Session, keys: list[str], card: Card, act: Act) -> Executable:
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
    texts = rows_of(session, keys)
    return (
        select(Registration)
        .join(texts, Registration.serial == texts.c.value)
        .where(_OPEN, Registration.card_id.is_distinct_from(card.id))
        .order_by(Registration.serial)
    )


def _registered_events(card: Card, act: Act) -> Executable:
    columns = Event.__table__.c
    after = {"site": card.site, "build": card.build}
    rows = select(
        Registration.id,
        literal(act.id),
        literal(act.what),
        literal(act.by),
        literal(act.at, columns.at.type),
        literal(after, columns.after.type),
    ).where(Registration.card_id == card.id)
    return (
        insert(Event)
        .inline()
        .from_select(["registration_id", "act_id", "what", "by", "at", "after"], rows)
    )
