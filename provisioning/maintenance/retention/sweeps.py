"""Sweeps: walks through a table, a page at a time, that delete the spent rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from sqlalchemy import ColumnElement, delete, func, null, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from infrastructure.database.engine import changed
from provisioning.imports.models import Import, ImportEdit, ImportRow
from provisioning.maintenance.retention import spent
from provisioning.maintenance.retention.keeping import Keeping
from provisioning.monitoring.drift.models import Drift
from provisioning.munki.models import Revision
from provisioning.outbox.models import Notification
from provisioning.registrations.models import Event

LOOKED_AT = 5000  # rows of a page
DELETED = 250  # rows of one transaction: some milliseconds, for which Macs that boot wait
DELETED_IMPORTS = 10  # each may hold thousands of Macs

Table: TypeAlias = type[Event | Revision | Notification | Drift | Import]


@dataclass(frozen=True, slots=True)
class Spent:
    """The spent rows of a table: a condition, and the moment before which all of them are."""

    condition: ColumnElement[bool]
    before: datetime


# Of the present of a run; None where nothing goes.
FindSpent: TypeAlias = Callable[[Session, Keeping, datetime], Spent | None]
Forget: TypeAlias = Callable[[Session, ColumnElement[bool]], int]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a table: the ids of rows to delete, and the row with which it ends."""

    ids: Sequence[int]
    last: int


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep of a table, whose column `at` is the age of a row.

    The rows are deleted, or `forget` clears their contents.
    """

    table: Table
    at: InstrumentedAttribute[datetime]
    spent: FindSpent
    forget: Forget | None = None
    most: int = DELETED

    def page(self, session: Session, after: int, spent: Spent) -> Page | None:
        """Return the page behind the row `after`; None at the end. Reads only."""
        key = self.table.id
        rows = select(key.label("key"), self.at.label("at")).where(key > after)
        looked = rows.order_by(key).limit(LOOKED_AT).subquery()
        last, oldest = session.execute(select(func.max(looked.c.key), func.min(looked.c.at))).one()
        if last is None or oldest >= spent.before:
            return None
        is_in = (key > after) & (key <= last) & spent.condition
        ids = session.scalars(select(key).where(is_in).order_by(key).limit(self.most)).all()
        return Page(ids, ids[-1] if len(ids) == self.most else last)

    def delete(self, session: Session, page: Page, spent: Spent) -> int:
        """Delete the rows of a page that are still spent; returns their number."""
        condition = self.table.id.in_(page.ids) & spent.condition
        if self.forget is not None:
            return self.forget(session, condition)
        rows = delete(self.table).where(condition)
        return changed(session, rows.execution_options(synchronize_session=False))


def _forget_macs(session: Session, condition: ColumnElement[bool]) -> int:
    """Delete the Macs of imports, and their edits; the contents of the cards stay."""
    ids = session.scalars(select(Import.id).where(condition).with_for_update()).all()
    session.execute(delete(ImportRow).where(ImportRow.import_id.in_(ids)))
    session.execute(delete(ImportEdit).where(ImportEdit.import_id.in_(ids)))
    return changed(session, update(Import).where(Import.id.in_(ids)).values(reading=null()))


def _events(session: Session, keeping: Keeping, until: datetime) -> Spent | None:
    if keeping.events is None:
        return None
    before = until - keeping.events
    return Spent(spent.events(session, before, until), before)


def _revisions(_: Session, keeping: Keeping, until: datetime) -> Spent | None:
    if keeping.revisions is None:
        return None
    before = until - keeping.revisions
    return Spent(spent.revisions(before), before)


def _drifts(_: Session, keeping: Keeping, until: datetime) -> Spent | None:
    if keeping.events is None:
        return None
    before = until - keeping.events
    return Spent(spent.drifts(before), before)


def _messages(_: Session, keeping: Keeping, until: datetime) -> Spent:
    before = None if keeping.messages is None else until - keeping.messages
    looks_before = until - spent.LOOKS_KEPT
    return Spent(spent.messages(before, looks_before), looks_before)


def _imports(_: Session, keeping: Keeping, until: datetime) -> Spent | None:
    if keeping.imports is None:
        return None
    before = until - keeping.imports
    return Spent(spent.imports(before), before)


_ALL = (
    ("messages", Sweep(Notification, Notification.occurred_at, _messages)),
    ("events", Sweep(Event, Event.at, _events)),
    ("revisions", Sweep(Revision, Revision.at, _revisions)),
    ("drifts", Sweep(Drift, Drift.found_at, _drifts)),
    ("imports", Sweep(Import, Import.created_at, _imports, _forget_macs, DELETED_IMPORTS)),
)
SWEEPS: Mapping[str, Sweep] = MappingProxyType(dict(_ALL))
