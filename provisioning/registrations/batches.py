"""The statements that register any number of Macs on one card."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Executable, Select, insert, literal, select, true
from sqlalchemy.orm import Session

from infrastructure.database.bulk import is_among
from infrastructure.database.engine import rows_of, upsert
from provisioning.outbox.models import Card
from provisioning.registrations import changes
from provisioning.registrations.changes import Mac
from provisioning.registrations.models import WAITING, Event, Operation, Registration

_OPEN = Registration.closed_at.is_(None)
_TAKEN = ("registered_by", "channel", "card_id")  # what of a Mac changes that is taken over
_UNHEARD = {"heard_at": None, "step": None, "mentioned_at": None}


def inserting(session: Session, keys: list[str], card: Card, act: Operation) -> Executable:
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


def others(session: Session, keys: list[str], card: Card) -> Select[Registration]:
    """Select the open registrations of these serials that are not on the card."""
    elsewhere = _OPEN & Registration.card_id.is_distinct_from(card.id)
    same = is_among(session, keys, Registration.serial)
    return select(Registration).where(same, elsewhere).order_by(Registration.serial)


def by_scripts(session: Session, keys: list[str]) -> list[Mac]:
    """The Macs that only their own scripts brought in, as they are before a person does."""
    these = is_among(session, keys, Registration.serial) & _OPEN
    return changes.held(session, these & Registration.registered_by.is_(None))


def note(session: Session, card: Card, act: Operation, taken_over: Sequence[Mac]) -> None:
    """Write the events of all that are on a card, with what those were that were taken over."""
    after = {"site": card.site, "build": card.build}
    others = ~is_among(session, [mac.serial for mac in taken_over], Registration.serial)
    session.execute(_registered_events(card, act, after, others if taken_over else true()))
    if taken_over:
        said = {"act_id": act.id, "what": act.what, "by": act.by, "at": act.at, "after": after}
        rows = [
            {**said, "registration_id": mac.id, "before": changes.snapshot(mac, *_TAKEN)}
            for mac in taken_over
        ]
        session.execute(insert(Event), rows)


def _registered_events(
    card: Card, act: Operation, after: dict[str, str], these: ColumnElement[bool]
) -> Executable:
    columns = Event.__table__.c
    rows = select(
        Registration.id,
        literal(act.id),
        literal(act.what),
        literal(act.by),
        literal(act.at, columns.at.type),
        literal(after, columns.after.type),
    ).where(Registration.card_id == card.id, these)
    return (
        insert(Event)
        .inline()
        .from_select(["registration_id", "act_id", "what", "by", "at", "after"], rows)
    )
