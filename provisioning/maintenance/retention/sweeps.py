"""Sweeps: walks through a table, a page at a time, that delete the spent rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import ColumnElement, delete, func, null, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from infrastructure.database.statements.dialects import changed
from provisioning.imports.models import Import, ImportEdit, ImportRow
from provisioning.maintenance.retention import spent
from provisioning.maintenance.retention.keeping import Keeping
from provisioning.monitoring.drift.models import Drift
from provisioning.munki.models import Revision
from provisioning.outbox.models import Notification
from provisioning.registrations.models import Event

LOOKED_AT = 5000  # rows of a page
BATCH_SIZE = 250  # rows of one transaction: some milliseconds, for which Macs that boot wait
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
class SweepPage:
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
    most: int = BATCH_SIZE

    def page(self, session: Session, after: int, spent: Spent) -> SweepPage | None:
        """Return the page behind the row `after`; None at the end. Reads only."""
        key = self.table.id
        rows = select(key.label("key"), self.at.label("at")).where(key > after)
        looked = rows.order_by(key).limit(LOOKED_AT).subquery()
        last, oldest = session.execute(select(func.max(looked.c.key), func.min(looked.c.at))).one()
        if last is None or oldest >= spent.before:
            return None
        is_in = (key > after) & (key <= last) & spent.condition
        ids = session.scalars(select(key).where(is_in).order_by(key).limit(self.most)).all()
        return SweepPage(ids, ids[-1] if len(ids) == self.most else last)

    def delete(self, session: Session, page: SweepPage, spent: Spent) -> int:
        """Delete the rows of a page that are still spent; returns their number."""
        condition = self.table.id.in_(page.ids) & spent.condition
        if self.forget is not None:
            return self.forget(session, condition)
        rows = delete(self.table).where(condition)
        return changed(session, rows.execution_options(synchronize_session=False))


def _forget_macs(session: Session, condition: ColumnElement[bool]) -> int:
    """Delete the Macs of imports, and their edits; the contents of the cards stay."""
    ids = session.scalars(select(Import.id).where(condition)).all()
    session.execute(delete(ImportRow).where(ImportRow.import_id.in_(ids)))
    session.execute(delete(ImportEdit).where(ImportEdit.import_id.in_(ids)))
    return changed(session, update(Import).where(Import.id.in_(ids)).values(reading=null()))


def _events(session: Session, keeping: Keeping, until: datetime) -> Spent | None:
    if keeping.events is None:
        return None
    before = until - keeping.events
    return Spent(spent.events(session, before, until), before)


def _messages(_: Session, keeping: Keeping, until: datetime) -> Spent:
    before = None if keeping.messages is None else until - keeping.messages
    looks_before = until - spent.CARD_RETENTION
    return Spent(spent.messages(before, looks_before), looks_before)


def _older(
    kept: Callable[[Keeping], timedelta | None],
    condition: Callable[[datetime], ColumnElement[bool]],
) -> FindSpent:
    """Return a finder of the rows that are older than they are `kept` and meet a condition."""

    def find(_: Session, keeping: Keeping, until: datetime) -> Spent | None:
        age = kept(keeping)
        return None if age is None else Spent(condition(until - age), until - age)

    return find


_REVISIONS = _older(lambda keeping: keeping.revisions, spent.revisions)
_DRIFTS = _older(lambda keeping: keeping.events, spent.drifts)
_IMPORTS = _older(lambda keeping: keeping.imports, spent.imports)
SWEEPS: Mapping[str, Sweep] = {
    "messages": Sweep(Notification, Notification.occurred_at, _messages),
    "events": Sweep(Event, Event.at, _events),
    "revisions": Sweep(Revision, Revision.at, _REVISIONS),
    "drifts": Sweep(Drift, Drift.found_at, _DRIFTS),
    "imports": Sweep(Import, Import.created_at, _IMPORTS, _forget_macs, DELETED_IMPORTS),
}
