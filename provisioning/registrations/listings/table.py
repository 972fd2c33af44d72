"""A table of registrations: filtered, sorted by a column, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal_column, select, true
from sqlalchemy.orm import Session

from provisioning.registrations import queries
from provisioning.registrations.listings import searches
from provisioning.registrations.models import CANCELLED, IMAGING, STALLED, STATES, Registration
from provisioning.registrations.queries import URGENCY

SIZE = 50  # Macs a page
ALL = "all"  # instead of a state: those that are cancelled, too

_NAME: ColumnElement[str] = func.coalesce(Registration.reported_as, Registration.serial)
SORTS: Mapping[str, ColumnElement[Any]] = {
    "serial": _NAME,
    "name": Registration.computer_name.expression,
    "site": Registration.site.expression,
    "build": Registration.build.expression,
    "state": URGENCY,
    "by": Registration.registered_by.expression,
    "at": Registration.id.expression,
    "heard": Registration.heard_at.expression,
}  # the columns by which a table is sorted; a newer registration has a larger id


@dataclass(frozen=True, slots=True)
class TableFilters:
    """Filters of a table; an empty one lets all through.

    `state` is one of a registration, STALLED or ALL; without one those that are open are meant.
    `text` is as for `searches.find`.
    """

    text: str = ""
    site: str = ""
    build: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the rows: a column of SORTS, upwards or downwards."""

    column: str = "at"
    is_down: bool = True


@dataclass(frozen=True, slots=True)
class TablePage:
    """A page of a table: its rows, its number from 1 on, the number of pages, and of all rows."""

    macs: Sequence[Registration]
    number: int
    pages: int
    total: int


def condition(session: Session, filters: TableFilters) -> ColumnElement[bool]:
    """Return the condition for the registrations that filters let through."""
    found = _in_state(filters.state)
    if filters.site:
        found &= Registration.site == filters.site
    if filters.build:
        found &= Registration.build == filters.build
    if text := filters.text.strip():
        whole = queries.of_serial(text.upper())
        is_known = session.scalar(select(exists().where(whole)))
        found &= whole if is_known else searches.matching(session, text)
    return found


def page(session: Session, filters: TableFilters, order: Order, number: int) -> TablePage:
    """Return a page of the registrations of filters; behind the last page, the last one."""
    wanted = condition(session, filters)
    total = session.scalar(select(func.count()).select_from(Registration).where(wanted)) or 0
    pages = max(1, -(-total // SIZE))
    number = min(max(number, 1), pages)
    shown = _cut(session, wanted, order, (number - 1) * SIZE, total)
    rows = select(Registration).where(Registration.id.in_(shown))
    macs = {mac.id: mac for mac in session.scalars(rows)}
    return TablePage([macs[each] for each in shown if each in macs], number, pages, total)


def _cut(
    session: Session, condition: ColumnElement[bool], order: Order, skipped: int, total: int
) -> Sequence[int]:
    """The ids of a page, from the nearer end: a database reads and sorts all rows that it skips."""
    if skipped <= total // 2:
        return session.scalars(_ids(condition, order).offset(skipped).limit(SIZE)).all()
    number = min(SIZE, total - skipped)
    ids = _ids(condition, order, is_reversed=True).offset(total - skipped - number).limit(number)
    return session.scalars(ids).all()[::-1]


def _ids(condition: ColumnElement[bool], order: Order, *, is_reversed: bool = False) -> Select[int]:
    sorted_by = _sorted(order, is_reversed=is_reversed)
    return select(Registration.id).where(condition).order_by(*sorted_by)


def _sorted(order: Order, *, is_reversed: bool) -> Sequence[ColumnElement[Any]]:
    """The order, the newest first where a column has the same value, and empty values last."""
    column = SORTS[order.column]
    is_down = order.is_down is not is_reversed
    newest = Registration.id.asc() if is_reversed else Registration.id.desc()
    if order.column == "at":
        return [column.desc() if is_down else column.asc()]
    way = column.desc() if is_down else column.asc()
    if getattr(column, "nullable", False):
        way = way.nulls_first() if is_reversed else way.nulls_last()
    return way, newest


def _in_state(state: str) -> ColumnElement[bool]:
    if state == ALL:
        return true()
    if state == STALLED:
        return Registration.is_stalled.expression
    if state not in STATES:
        # By the state, not the moment: SQLite would walk through a partial index, which is slow.
        return Registration.state != literal_column(f"'{CANCELLED}'")
    # As a literal: SQLite uses no partial index for a parameter.
    stored: ColumnElement[str] = literal_column(f"'{state}'")
    here = Registration.state == stored
    return here & ~Registration.is_stalled.expression if state == IMAGING else here
