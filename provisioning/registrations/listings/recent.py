"""A reader of recent changes of Macs, one for all open boards."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, literal_column, or_, select
from sqlalchemy.orm import Session

from provisioning.registrations.models import IMAGING, Event, Registration

MAX_CHANGES = 5000  # changes of one reading; beyond them, everything has changed
MAX_MISSING = 1000  # ids of events that are waited for
MISSING_FOR = 60.0  # seconds; a transaction that takes longer is seen by those who look themselves
OVERLAP = timedelta(seconds=10)  # by which the clocks of servers may differ

# As a literal: SQLite uses no partial index for a parameter.
_IS_IMAGED = Registration.state == literal_column(f"'{IMAGING}'")


class ChangeReader:
    """A reader of the ids of registrations that changed since the last call; the first has none.

    Changes have events, except for reports of the same state and Macs that fell silent, which are
    found by their times. PostgreSQL may show an event after one with a greater id: so missing ids
    are looked for again for a while.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: int | None = None
        self._missing: dict[int, float] = {}  # ids of events, and since when they are
        self._heard: dict[int, tuple[datetime | None, datetime | None]] = {}
        self._heard_until: datetime | None = None

    def read(self, session: Session) -> frozenset[int] | None:
        """Return the ids of the registrations that changed; None: any may have changed."""
        newest = session.scalar(select(func.max(Event.id))) or 0
        last, is_first = self._last, self._last is None
        changed = self._reports(session)
        if last is None or newest < last:  # the second: a backup was restored
            self._last, self._missing = newest, {}
            return frozenset() if is_first else None
        happened = self._events(session, last)
        if happened is None:
            self._last, self._missing = newest, {}
            return None
        return frozenset(changed | happened)

    def _events(self, session: Session, last: int) -> set[int] | None:
        """The registrations of the events since the last reading; None where they are too many."""
        now = self._clock()
        self._missing = {
            each: since for each, since in self._missing.items() if now - since < MISSING_FOR
        }
        is_new = Event.id > last
        if self._missing:
            is_new = or_(is_new, Event.id.in_(list(self._missing)))
        query = select(Event.id, Event.registration_id).where(is_new).order_by(Event.id)
        rows = session.execute(query.limit(MAX_CHANGES + 1)).all()
        if len(rows) > MAX_CHANGES:
            return None
        seen = {row.id for row in rows}
        self._last = max(seen | {last})
        between = range(max(last + 1, self._last - MAX_MISSING), self._last)
        self._missing |= dict.fromkeys(between, now)
        self._missing = {each: since for each, since in self._missing.items() if each not in seen}
        return {row.registration_id for row in rows}

    def _reports(self, session: Session) -> set[int]:
        """The Macs that are imaged and sent a report, or whose silence was noted."""
        columns = (Registration.id, Registration.heard_at, Registration.mentioned_at)
        query = select(*columns).where(_IS_IMAGED)
        if self._heard_until is not None:
            since = self._heard_until - OVERLAP
            query = query.where(
                or_(Registration.heard_at > since, Registration.mentioned_at > since)
            )
        found = {row.id: (row.heard_at, row.mentioned_at) for row in session.execute(query)}
        changed = {each for each, times in found.items() if self._heard.get(each) != times}
        moments = [at for times in found.values() for at in times if at is not None]
        if moments:
            self._heard_until = max([*moments, self._heard_until or moments[0]])
        if self._heard_until is not None:
            since = self._heard_until - OVERLAP
            kept = {**self._heard, **found}
            self._heard = {
                each: times
                for each, times in kept.items()
                if any(at is not None and at > since for at in times)
            }
        return changed
