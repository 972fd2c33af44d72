"""Edits of any number of registrations by one act: few statements, however many there are."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Integer,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from infrastructure.database.bulk import records_of
from provisioning.outbox import outbox
from provisioning.outbox.models import Card
from provisioning.registrations.models import Event, Operation, Registration

USUAL = ("site", "build", "state", "confirmed_at")  # what of a registration people change
_MACS = Registration.__table__


@dataclass(frozen=True, slots=True)
class Mac:
    """A registration as it was when it was read; `name` is the serial as people read it."""

    id: int
    serial: str
    site: str
    build: str
    state: str
    registered_by: str | None
    channel: str
    card_id: int | None
    confirmed_at: datetime | None
    closed_at: datetime | None
    reported_as: str | None
    computer_name: str | None
    named_for: str | None

    @property
    def name(self) -> str:
        """The serial as a person should read it."""
        return self.reported_as or self.serial


COLUMNS = tuple(getattr(Registration, field.name) for field in fields(Mac))


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of a Mac: `now` holds the columns that get a new value.

    The event keeps of it, before and after, what is USUAL, and the columns `also`.
    """

    mac: Mac
    now: dict[str, Any]
    also: Collection[str] = ()

    def value(self, name: str) -> Any:
        """The value of a column once it is changed."""
        return self.now[name] if name in self.now else getattr(self.mac, name)


def snapshot(registration: Registration | Mac, *also: str) -> dict[str, Any]:
    """What of a registration an event keeps: what is USUAL, and the columns `also`."""
    return {name: _plain(getattr(registration, name)) for name in (*USUAL, *also)}


def hold(session: Session, these: ColumnElement[bool]) -> None:
    """Hold registrations until the commit, in the order in which all do that take several.

    Before they are read: a Mac may be confirmed at this moment.
    """
    macs = select(Registration.id).where(these).order_by(Registration.serial, Registration.id)
    session.scalar(select(func.count()).select_from(macs.with_for_update().subquery()))


def held(session: Session, these: ColumnElement[bool]) -> list[Mac]:
    """Return registrations, held until the commit, in the order of their serials."""
    macs = select(*COLUMNS).where(these).order_by(Registration.serial, Registration.id)
    return [Mac(*row) for row in session.execute(macs.with_for_update())]


def write(session: Session, edits: Sequence[Edit], act: Operation, what: str | None = None) -> None:
    """Edit registrations, which are held, write the events and owe their cards the new look.

    All `edits` are of the same columns. `what` happened to each, if not the act's own.
    """
    if not edits:
        return
    new = [name for name in edits[0].now if any(map(_differing(name), edits))]
    types = {
        "id": Integer(),
        **{name: _MACS.c[name].type for name in new},
        "before": JSON(),
        "after": JSON(),
    }
    given = records_of(session, [_row(edit) for edit in edits], types)
    session.execute(
        update(_MACS)
        .where(_MACS.c.id == given.c.id)
        .values(
            **{name: given.c[name] for name in new},
            revision=_MACS.c.revision + 1,
            changed_at=act.at,
        )
    )
    _write_events(session, given, act, what or act.what)
    shown_on = {edit.mac.card_id for edit in edits}
    owe_cards(session, shown_on | {edit.value("card_id") for edit in edits}, at=act.at)


def owe_cards(session: Session, ids: Collection[int | None], *, at: datetime) -> None:
    """Owe cards their present look, in one order for all who do so."""
    for card in session.scalars(
        select(Card).where(Card.id.in_(set(ids) - {None})).order_by(Card.id)
    ):
        outbox.owe_card(session, card, at=at)


def _differing(name: str) -> Callable[[Edit], bool]:
    """Says of an edit whether a column gets another value, as far as that is known."""
    return lambda edit: edit.now[name] != getattr(edit.mac, name, ...)


def _row(edit: Edit) -> dict[str, Any]:
    mac, is_open = edit.mac, edit.value("closed_at") is None
    after = {name: _plain(edit.value(name)) for name in (*USUAL, *edit.also)}
    return {
        "id": mac.id,
        **edit.now,
        "before": snapshot(mac, *edit.also),
        "after": after if is_open else None,
    }


def _write_events(session: Session, given: FromClause, act: Operation, what: str) -> None:
    columns = Event.__table__.c
    rows = select(
        given.c.id,
        literal(act.id),
        literal(what),
        literal(act.by),
        literal(act.at, columns.at.type),
        given.c.before,
        given.c.after,
    )
    names = ["registration_id", "act_id", "what", "by", "at", "before", "after"]
    session.execute(insert(Event).inline().from_select(names, rows))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
