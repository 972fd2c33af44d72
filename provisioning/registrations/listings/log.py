"""The log of operations, filtered, a page at a time, the newest first; reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.orm import Session

from provisioning.registrations.models import BENCHED, Event, Operation, Registration

SIZE = 50  # operations a page


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of the log: a person, a kind and a way of operations; an empty one lets all through.

    `before` is the id of the operation above the page; None is for the newest ones.
    """

    by: str = ""
    what: str = ""
    via: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation and its Macs: their number, and the serial and the new place of the first."""

    operation: Operation
    macs: int
    serial: str
    site: str
    build: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the log, and if there are older operations."""

    entries: Sequence[Entry]
    has_more: bool


def page(session: Session, filters: Filters) -> Page:
    """Return a page of the operations that changed a Mac, and of benches."""
    ids = session.scalars(
        select(Operation.id)
        .where(_condition(filters))
        .where(or_(exists().where(Event.act_id == Operation.id), Operation.what == BENCHED))
        .order_by(Operation.id.desc())
        .limit(SIZE + 1)
    ).all()
    return Page(_entries(session, ids[:SIZE]), len(ids) > SIZE)


def find(session: Session, operation_id: int) -> Entry | None:
    """Return an operation with its Macs, None where there is none."""
    return next(iter(_entries(session, [operation_id])), None)


def people(session: Session) -> Sequence[str]:
    """Return the ids of all people with operations."""
    return session.scalars(select(Operation.by).distinct()).all()


def _condition(filters: Filters) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = true()
    for column, wanted in (
        (Operation.by, filters.by),
        (Operation.what, filters.what),
        (Operation.via, filters.via),
    ):
        if wanted:
            condition &= column == wanted
    return condition if filters.before is None else condition & (Operation.id < filters.before)


def _entries(session: Session, ids: Sequence[int]) -> list[Entry]:
    events = (
        select(Event.act_id, func.count().label("macs"), func.min(Event.id).label("first"))
        .where(Event.act_id.in_(ids))
        .group_by(Event.act_id)
        .subquery()
    )
    serial: ColumnElement[str] = func.coalesce(Registration.reported_as, Registration.serial)
    rows = (
        select(Operation, events.c.macs, Event.after, serial)
        .outerjoin(events, events.c.act_id == Operation.id)
        .outerjoin(Event, Event.id == events.c.first)
        .outerjoin(Registration, Registration.id == Event.registration_id)
        .where(Operation.id.in_(ids))
        .order_by(Operation.id.desc())
    )
    return [
        Entry(operation, macs or 0, serial or "", *_place(after))
        for operation, macs, after, serial in session.execute(rows)
    ]


def _place(after: Mapping[str, Any] | None) -> tuple[str, str]:
    kept = after or {}
    return kept.get("site") or "", kept.get("build") or ""
