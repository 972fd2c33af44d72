"""The columns of the board: the open Macs by state, counted, and the newest of each."""

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from provisioning.registrations.listings.searches import MAX_COUNTED, newest_of
from provisioning.registrations.models import (
    CONFIRMED,
    FAILED,
    IMAGING,
    IS_OPEN,
    STALLED,
    WAITING,
    Registration,
)
from provisioning.registrations.queries import SEEN_AS

OPEN_STATES = (FAILED, STALLED, IMAGING, WAITING, CONFIRMED)

Columns = dict[str, tuple[int, list[Registration]]]  # the number of all, and the newest of them


def of(session: Session, *, site: str, build: str, text: str, limit: int) -> Columns:
    """Return the open Macs by state: their number, and the newest `limit` of them.

    For Macs that are imaged or in trouble, these are the ones with the last reports.

    Only those of `site` and of `build`, where these are given, and those that match `text` as for
    `find`: among the newest MAX_COUNTED that do.
    """
    condition: ColumnElement[bool] = IS_OPEN
    if site:
        condition &= Registration.site == site
    if build:
        condition &= Registration.build == build
    if not text:
        return _columns_of_many(session, condition, limit)
    found = Registration.id.in_(newest_of(session, text, MAX_COUNTED))
    return _columns_of_few(session, condition & found, limit)


def _columns_of_many(session: Session, condition: ColumnElement[bool], limit: int) -> Columns:
    """The columns of a condition that many Macs meet, each by a walk back from the newest Mac."""
    found = {}
    for state, number in _counts(session, condition).items():
        here = condition & _seen_as(state)
        # What reports were sent of last is what happened last; others are in order of their rows.
        last = Registration.heard_at if state in (FAILED, IMAGING, STALLED) else Registration.id
        newest = select(Registration).where(here).order_by(last.desc()).limit(limit)
        found[state] = number, list(session.scalars(newest))
    return found


def _counts(session: Session, condition: ColumnElement[bool]) -> dict[str, int]:
    """The number of open Macs of a condition in each state that has any."""
    counted = select(func.count()).select_from(Registration)
    counts = {
        state: session.scalar(counted.where(condition & _seen_as(state))) for state in OPEN_STATES
    }
    return {state: number for state, number in counts.items() if number}


def _seen_as(state: str) -> ColumnElement[bool]:
    # As a literal: SQLite uses no partial index for a parameter.
    stored: ColumnElement[str] = literal_column(f"'{IMAGING if state == STALLED else state}'")
    condition: ColumnElement[bool] = Registration.state == stored
    if state in (IMAGING, STALLED):
        is_silent = Registration.mentioned_at.is_not(None)
        condition &= is_silent if state == STALLED else ~is_silent
    return condition


def _columns_of_few(session: Session, condition: ColumnElement[bool], limit: int) -> Columns:
    """The columns of a condition that is slow to evaluate: in one pass, which sorts them."""
    state, newest_first = SEEN_AS.label("state"), Registration.id.desc()
    ranked = select(
        Registration.id,
        state,
        func.count().over(partition_by=state).label("total"),
        func.row_number().over(partition_by=state, order_by=newest_first).label("rank"),
    )
    rows = ranked.where(condition).subquery()
    shown = select(rows.c.state, rows.c.total, Registration)
    shown = shown.join(Registration, Registration.id == rows.c.id).where(rows.c.rank <= limit)
    found: Columns = {}
    for name, total, mac in session.execute(shown.order_by(rows.c.rank)):
        found.setdefault(name, (total, []))[1].append(mac)
    return found
