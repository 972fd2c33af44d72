"""Sweeps: walks through a table, a page at a time, that delete the expired rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import ColumnElement, delete, func, null, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from infrastructure.database.statements.dialects import changed
from provisioning.imports.models import Import, ImportEdit, ImportRow
from provisioning.maintenance.retention import expired
from provisioning.maintenance.retention.periods import Retention
from provisioning.monitoring.drift.models import Drift
from provisioning.munki.models import Revision
from provisioning.outbox.models import Notification
from provisioning.registrations.models import Event

PAGE_ROWS = 5000  # rows of a page
BATCH_SIZE = 250  # rows of one transaction: some milliseconds, for which Macs that boot wait
DELETED_IMPORTS = 10  # each may hold thousands of Macs

Table: TypeAlias = type[Event | Revision | Notification | Drift | Import]


@dataclass(frozen=True, slots=True)
class ExpiredRows:
    """The expired rows of a table: their condition, and a moment that all of them precede."""

    condition: ColumnElement[bool]
    before: datetime


# Of the present of a run; None where nothing goes.
FindExpired: TypeAlias = Callable[[Session, Retention, datetime], ExpiredRows | None]
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
    expired: FindExpired
    forget: Forget | None = None
    limit: int = BATCH_SIZE

    def page(self, session: Session, after: int, expired: ExpiredRows) -> SweepPage | None:
        """Return the page behind the row `after`; None at the end. Reads only."""
        key = self.table.id
        rows = select(key.label("key"), self.at.label("at")).where(key > after)
        looked = rows.order_by(key).limit(PAGE_ROWS).subquery()
        last, oldest = session.execute(select(func.max(looked.c.key), func.min(looked.c.at))).one()
        if last is None or oldest >= expired.before:
            return None
        is_in = (key > after) & (key <= last) & expired.condition
        ids = session.scalars(select(key).where(is_in).order_by(key).limit(self.limit)).all()
        return SweepPage(ids, ids[-1] if len(ids) == self.limit else last)

    def delete(self, session: Session, page: SweepPage, expired: ExpiredRows) -> int:
        """Delete the rows of a page that are still expired; returns their number."""
        condition = self.table.id.in_(page.ids) & expired.condition
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


def _events(session: Session, periods: Retention, until: datetime) -> ExpiredRows | None:
    if periods.events is None:
        return None
    before = until - periods.events
    return ExpiredRows(expired.events(session, before, until), before)


def _messages(_: Session, periods: Retention, until: datetime) -> ExpiredRows:
    before = None if periods.messages is None else until - periods.messages
    cards_before = until - expired.CARD_RETENTION
    return ExpiredRows(expired.messages(before, cards_before), cards_before)


def _older(
    kept: Callable[[Retention], timedelta | None],
    condition: Callable[[datetime], ColumnElement[bool]],
) -> FindExpired:
    """Return a function that finds rows which meet a condition and were kept for long enough."""

    def find(_: Session, periods: Retention, until: datetime) -> ExpiredRows | None:
        age = kept(periods)
        return None if age is None else ExpiredRows(condition(until - age), until - age)

    return find


_REVISIONS = _older(lambda periods: periods.revisions, expired.revisions)
_DRIFTS = _older(lambda periods: periods.events, expired.drifts)
_IMPORTS = _older(lambda periods: periods.imports, expired.imports)
SWEEPS: Mapping[str, Sweep] = {
    "messages": Sweep(Notification, Notification.occurred_at, _messages),
    "events": Sweep(Event, Event.at, _events),
    "revisions": Sweep(Revision, Revision.at, _REVISIONS),
    "drifts": Sweep(Drift, Drift.found_at, _DRIFTS),
    "imports": Sweep(Import, Import.created_at, _IMPORTS, _forget_macs, DELETED_IMPORTS),
}
