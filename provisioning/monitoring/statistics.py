"""Statistics: Macs registered and confirmed by day, and how long they waited; reads only.

A Mac counts for the site it goes to now. It is registered on the day of its card (one that only
its own script brought in never is) and confirmed on the day of its first confirmation since: a
later first boot or a move changes nothing about the days that are over.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    extract,
    func,
    literal_column,
    not_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from provisioning.monitoring.figures import Count, Figures, WaitingTimes
from provisioning.outbox.models import Card
from provisioning.policy import Policy
from provisioning.registrations.models import IS_OPEN, Event, Registration

STATISTICS = "statistics"  # the job
WEEKS, MAX_WEEKS = 4, 52  # that are asked for where no number is named, and at most


def last_days(number: int, *, until: datetime, zone: ZoneInfo) -> datetime:
    """Return the midnight in `zone` with which the last `number` days before `until` begin."""
    day = until.astimezone(zone).date() - timedelta(days=number - 1)
    return datetime.combine(day, time.min, zone)


def of_weeks(
    session: Session, policy: Policy, *, weeks: int, site: str | None, now: datetime
) -> Figures:
    """Return all figures of the last weeks, in the days of the zone of a site, or of the policy."""
    zone = policy.zone_of(site) if site else policy.timezone
    since = last_days(7 * weeks, until=now, zone=zone)
    return gather(session, since=since, until=now, site=site, zone=zone)


def gather(
    session: Session, *, since: datetime, until: datetime, site: str | None, zone: ZoneInfo
) -> Figures:
    """Return all figures from `since` up to, not including, `until`; of all sites where None."""
    counts = _per_day(session, since=since, until=until, site=site, zone=zone)
    by_day, overall = waits(session, since=since, until=until, site=site, zone=zone)
    return Figures(_days(since, until, zone), counts, by_day, overall)


def _per_day(
    session: Session, *, since: datetime, until: datetime, site: str | None, zone: ZoneInfo
) -> tuple[Count, ...]:
    """Return how many Macs were registered and confirmed, for each day in `zone` and each site.

    Sorted by day and site; days and sites without Macs are left out.
    """
    span = _Span(since, until, site, _days(since, until, zone), zone)
    asked = {(slot, name): rest for slot, name, *rest in session.execute(_registered(span))}
    done = {(slot, name): number for slot, name, number in session.execute(_confirmed(span))}
    counts = []
    for slot, name in sorted({*asked, *done}):
        registered, unconfirmed = asked.get((slot, name), (0, 0))
        confirmed = done.get((slot, name), 0)
        counts.append(Count(span.days[slot], name, registered, confirmed, unconfirmed))
    return tuple(counts)


def waits(
    session: Session, *, since: datetime, until: datetime, site: str | None, zone: ZoneInfo
) -> tuple[tuple[WaitingTimes, ...], WaitingTimes | None]:
    """Return the waits from registration to confirmation by day, and over all, None without any.

    A Mac counts on the day of its confirmation; one that no person registered did not wait.
    """
    span = _Span(since, until, site, _days(since, until, zone), zone)
    # A million waits are 8 MB as an array, and more than 200 as rows and numbers. A session would
    # fetch all rows at once.
    by_slot: dict[int, array[float]] = defaultdict(lambda: array("d"))
    for slot, waited in session.connection().execute(_waited(span)):
        by_slot[slot].append(float(waited))
    everything = array("d")
    for waits_of_day in by_slot.values():
        everything.extend(waits_of_day)
    by_day = tuple(_wait(span.days[slot], by_slot[slot]) for slot in sorted(by_slot))
    return by_day, _wait(None, everything) if everything else None


@dataclass(frozen=True, slots=True)
class _Span:
    since: datetime
    until: datetime
    site: str | None
    days: tuple[date, ...]
    zone: ZoneInfo

    def slot(self, moment: ColumnElement[datetime]) -> ColumnElement[int]:
        """The number of the day that a moment is in.

        SQLite knows no zones, so the midnights are compared here, by halves: five comparisons
        for a month.
        """
        midnights = [datetime.combine(day, time.min, self.zone) for day in self.days]

        def within(low: int, high: int) -> ColumnElement[int]:
            if high - low == 1:
                return literal_column(str(low), Integer)
            middle = (low + high) // 2
            return case(
                (moment < midnights[middle], within(low, middle)), else_=within(middle, high)
            )

        return within(0, len(midnights))

    def here(self) -> Iterable[ColumnElement[bool]]:
        """Conditions on registrations: the site, where only one is asked for."""
        return () if self.site is None else (Registration.site == self.site,)


def _registered(span: _Span) -> Select[int, str, int, int]:
    """Day, site, how many were registered, and how many of these are unconfirmed."""
    unconfirmed = and_(Registration.confirmed_at.is_(None), IS_OPEN)
    slot = span.slot(Card.created_at.expression)
    rows = (
        select(slot.label("slot"), Registration.site, case((unconfirmed, 1), else_=0).label("open"))
        .join(Card, Card.id == Registration.card_id)
        .where(Card.created_at >= span.since, Card.created_at < span.until, *span.here())
        .subquery()
    )
    group = (rows.c.slot, rows.c.site)
    return select(*group, func.count(), func.sum(rows.c.open)).group_by(*group)


def _confirmed(span: _Span) -> Select[int, str, int]:
    """Day, site and how many were confirmed."""
    first = _first_confirmations(span)
    rows = select(span.slot(first.c.at).label("slot"), first.c.site).subquery()
    return select(rows.c.slot, rows.c.site, func.count()).group_by(rows.c.slot, rows.c.site)


def _waited(span: _Span) -> Select[int, float]:
    """Day and seconds of every wait."""
    first = _first_confirmations(span)
    seconds = extract("epoch", first.c.at) - extract("epoch", first.c.asked_at)
    return select(span.slot(first.c.at), seconds).where(first.c.asked_at.is_not(None))


def _first_confirmations(span: _Span) -> Subquery:
    """Site, time of the registration (None without one) and of the confirmation, for each Mac."""
    return union_all(_confirmed_once(span), _confirmed_again(span)).subquery()


_REGISTERED_BY_CARD = Registration.card_id.is_not(None)
# Every confirmation is a revision, and so is being registered: fewer leave room for one only.
_ROOM_FOR_ONE = and_(
    Registration.confirmed_at.is_not(None),
    Registration.revision <= case((_REGISTERED_BY_CARD, 2), else_=1),
)


def _confirmed_once(span: _Span) -> Select[str, datetime | None, datetime | None]:
    """The Macs that were confirmed once, which are nearly all: no event of theirs is read."""
    at = Registration.confirmed_at
    asked_at = case((_REGISTERED_BY_CARD, Registration.created_at))
    return select(Registration.site, asked_at.label("asked_at"), at.label("at")).where(
        _ROOM_FOR_ONE, at >= span.since, at < span.until, *span.here()
    )


def _confirmed_again(span: _Span) -> Select[str, datetime, datetime]:
    """The Macs that may have been confirmed several times, by their events: the first counts.

    What did not change since the beginning was not confirmed since, so its past is left unread.
    """
    at, asked_at = func.min(Event.at), func.coalesce(Card.created_at, Registration.created_at)
    return (
        select(Registration.site, Card.created_at.label("asked_at"), at.label("at"))
        .join(Event, Event.registration_id == Registration.id)
        .outerjoin(Card, Card.id == Registration.card_id)
        .where(not_(_ROOM_FOR_ONE), Registration.changed_at >= span.since, *span.here())
        .where(Event.what == "confirmed", Event.at >= asked_at, Event.at < span.until)
        .group_by(Registration.id, Card.id)
        .having(at >= span.since)
    )


def _wait(day: date | None, waited: Iterable[float]) -> WaitingTimes:
    seconds = sorted(waited)  # once; the functions sort as well
    # One value is all its own percentiles; Python's function wants two.
    ninetieth = quantiles(seconds * 2 if len(seconds) == 1 else seconds, n=10, method="inclusive")
    return WaitingTimes(day, len(seconds), median(seconds), ninetieth[-1])


def _days(since: datetime, until: datetime, zone: ZoneInfo) -> tuple[date, ...]:
    first = since.astimezone(zone).date()
    last = (until.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone).date()
    return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))
