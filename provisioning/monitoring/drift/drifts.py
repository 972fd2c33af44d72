"""Drifts: they are recorded, shown once by a card in Slack, and settled."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import add_new
from infrastructure.errors import Conflict
from provisioning.monitoring.drift.examination import DriftFacts, ExaminedMac
from provisioning.monitoring.drift.models import (
    AGREES,
    CANCELLED,
    CONFIRMED_AGAIN,
    MOVED,
    PUT_BACK,
    Drift,
)
from provisioning.outbox import outbox
from provisioning.outbox.models import DRIFT, Card
from provisioning.policy import Policy
from provisioning.registrations.models import CONFIRMED, Registration

ALONE = 5  # drifts that are told one by one; more of a channel are one message
MAX_AT_ONCE = 20_000  # at once
GRACE = timedelta(seconds=20)  # a Mac that calls just now records what it has written by then
OPEN = Drift.settled_at.is_(None)
UNDECIDED = and_(OPEN, Drift.answer.is_(None))


class DriftedMac(NamedTuple):
    """A drift, and the registration of its Mac."""

    drift: Drift
    registration: Registration


class DriftsOnCard(NamedTuple):
    """The `first` drifts that a card tells of, and the numbers of three kinds of them.

    All, those that are open, and of these those that nobody has answered.
    """

    first: list[DriftedMac]
    total: int
    unsettled: int
    undecided: int


class DriftSettled(Conflict):
    """A drift that was answered or settled before; `by` is the person, None where there is none."""

    def __init__(self, serial: str, by: str | None) -> None:
        super().__init__(
            "It has already been settled what becomes of the manifest of {serial}.", serial=serial
        )
        self.serial, self.by = serial, by


class DriftChanged(Conflict):
    """A manifest that has changed since the person saw it who decided about it."""

    def __init__(self, serial: str) -> None:
        super().__init__(
            "The manifest of {serial} has changed in the meantime, so nothing was done: look at it "
            "again.",
            serial=serial,
        )


class NotToTakeOver(Conflict):
    """A manifest that a registration cannot follow, with the reason."""

    def __init__(self, serial: str, reason: str) -> None:
        super().__init__(
            "The registration of {serial} cannot be changed to match: {reason}.",
            serial=serial,
            reason=reason,
        )


def record(session: Session, examined: Sequence[ExaminedMac], at: datetime) -> None:
    """Record the results of an examination: new drifts, changed ones, and those that are over.

    The results of Macs that changed since are ignored.
    """
    ids = [mac.registration_id for mac in examined]
    are_known = select(Drift).where(OPEN, Drift.registration_id.in_(ids))
    known = {drift.registration_id: drift for drift in session.scalars(are_known)}
    news = [mac for mac in examined if mac.found is not None or mac.registration_id in known]
    are_news = Registration.id.in_([mac.registration_id for mac in news])
    query = select(Registration).where(are_news).execution_options(populate_existing=True)
    registrations = {registration.id: registration for registration in session.scalars(query)}
    for mac in news:
        if is_current(registrations[mac.registration_id], mac):
            _record(session, mac, known.get(mac.registration_id), at)


def is_current(registration: Registration, mac: ExaminedMac) -> bool:
    """Return True if a registration has not changed since its Mac was examined."""
    present = (registration.includes, registration.confirmed_at)
    return registration.is_confirmed and present == (mac.includes, mac.confirmed_at)


def _record(session: Session, mac: ExaminedMac, drift: Drift | None, at: datetime) -> None:
    if mac.found is None:
        if drift is not None:
            outcome = PUT_BACK if drift.answer == PUT_BACK else AGREES
            settle(session, [drift], outcome, at)
    elif drift is None:
        add_new(
            session,
            Drift,
            registration_id=mac.registration_id,
            there=mac.found.to_json(),
            confirmed_at=mac.confirmed_at,
            found_at=at,
        )
    elif _is_news(facts_of(drift), mac.found):
        drift.there, drift.confirmed_at = mac.found.to_json(), mac.confirmed_at
        session.flush()
        redraw(session, [drift], at)


def _is_news(before: DriftFacts, now: DriftFacts) -> bool:
    return (before.difference, before.refusal) != (now.difference, now.refusal)


def facts_of(drift: Drift) -> DriftFacts:
    """Return the finding of a drift."""
    return DriftFacts.from_json(drift.there)


def sentence(drift: Drift, registration: Registration) -> str:
    """Return the fact of an open drift, as plain text."""
    difference = facts_of(drift).difference
    here = registration.destination
    if difference.gone:
        return f"The manifest of {registration.name} is gone; it is registered for {here}."
    there = difference.elsewhere(here)
    fact = f"leads to {there}" if there else "is not as Rollcall wrote it"
    return f"The manifest of {registration.name} {fact}; it is registered for {here}."


def settle(session: Session, drifts: Sequence[Drift], outcome: str, at: datetime) -> None:
    """Settle open drifts, and enqueue the cards that tell of them."""
    for drift in drifts:
        drift.settled_at, drift.outcome = at, outcome
    session.flush()
    redraw(session, drifts, at)


def reopen(session: Session, drift: Drift, at: datetime) -> None:
    """Have people decide about a drift again, and enqueue the card that tells of it."""
    drift.settled_at = drift.outcome = drift.answer = drift.answered_by = None
    session.flush()
    redraw(session, [drift], at)


def settle_overtaken(session: Session, at: datetime) -> None:
    """Settle the drifts of Macs that were moved, cancelled or confirmed since they were found."""
    overtaken = or_(
        Registration.closed_at.is_not(None),
        Registration.state != CONFIRMED,
        Registration.confirmed_at.is_distinct_from(Drift.confirmed_at),
    )
    query = select(Drift, Registration).join(Registration).where(OPEN, overtaken)
    locked = query.limit(MAX_AT_ONCE).with_for_update(of=Drift, skip_locked=True)
    by_outcome = defaultdict[str, list[Drift]](list)
    for drift, registration in session.execute(locked):
        by_outcome[_outcome(registration)].append(drift)
    for outcome, drifts in by_outcome.items():
        settle(session, drifts, outcome, at)


def _outcome(registration: Registration) -> str:
    if registration.closed_at is not None:
        return CANCELLED
    return CONFIRMED_AGAIN if registration.state == CONFIRMED else MOVED


def tell(session: Session, policy: Policy, *, channel: str, at: datetime) -> None:
    """Enqueue a card for each new drift, or one for all of a channel where they are many.

    It goes into the thread of the Mac's card; without one to the channel of its site, or to
    `channel` where the site has none.
    """
    untold = (
        select(Drift, Registration.site, Card)
        .join(Registration, Registration.id == Drift.registration_id)
        .outerjoin(Card, Card.id == Registration.card_id)
        .where(OPEN, Drift.told_at.is_(None), Drift.found_at <= at - GRACE)
        .order_by(Drift.id)
        .limit(MAX_AT_ONCE)
        .with_for_update(of=Drift, skip_locked=True)
    )
    by_channel = defaultdict[str, list[tuple[Drift, Card | None]]](list)
    for drift, site, card in session.execute(untold):
        place = card.channel if card else policy.channel_for(site, channel)
        by_channel[place].append((drift, card))
    for place, drifts in sorted(by_channel.items()):
        if len(drifts) > ALONE:
            _show(session, place, [drift for drift, _ in drifts], None, at)
        else:
            for drift, thread in drifts:
                _show(session, place, [drift], thread, at)


def _show(
    session: Session, channel: str, drifts: Sequence[Drift], thread: Card | None, at: datetime
) -> None:
    card = outbox.open_card(session, Card(kind=DRIFT, channel=channel, created_at=at))
    rows = [{"id": drift.id, "told_at": at, "card_id": card.id} for drift in drifts]
    session.execute(update(Drift), rows)
    outbox.enqueue_card(session, card, at=at, thread=thread)


def get_open(session: Session, drift_id: int) -> DriftedMac:
    """Return a drift without an answer, and its registration; both are locked.

    Raises DriftSettled.
    """
    found = lock(session, drift_id)
    check_open(*found)
    return found


def find(session: Session, drift_id: int) -> DriftedMac:
    """Return a drift and its registration."""
    drift = session.get_one(Drift, drift_id)
    return DriftedMac(drift, session.get_one(Registration, drift.registration_id))


def lock(session: Session, drift_id: int) -> DriftedMac:
    """Return a drift and its registration, as they are now, both locked until the commit."""
    found = find(session, drift_id)
    for row in (found.registration, found.drift):  # in the order in which Macs' calls lock
        session.refresh(row, with_for_update=True)
    return found


def is_over(drift: Drift, registration: Registration) -> bool:
    """Return True if a drift is settled, or will be because its registration changed."""
    is_same = registration.is_confirmed and registration.confirmed_at == drift.confirmed_at
    return drift.settled_at is not None or not is_same


def check_open(drift: Drift, registration: Registration) -> None:
    """Raise DriftSettled for a drift that was answered or settled."""
    if drift.settled_at is not None or drift.answer is not None:
        raise DriftSettled(registration.name, drift.answered_by)


def of_mac(session: Session, registration_id: int) -> Drift | None:
    """Return the open drift of a Mac; None where there is none."""
    query = select(Drift).where(OPEN, Drift.registration_id == registration_id)
    return session.scalars(query).one_or_none()


def on_card(session: Session, card: Card, limit: int) -> DriftsOnCard:
    """Return the drifts that a card tells of, `limit` of them at most, and their numbers."""
    is_on_it = Drift.card_id == card.id
    kinds = (func.count(), func.count().filter(OPEN), func.count().filter(UNDECIDED))
    counts = session.execute(select(*kinds).where(is_on_it).select_from(Drift)).one()
    return DriftsOnCard(_with_registrations(session, is_on_it, limit), *counts)


def undecided(session: Session, card_id: int, limit: int) -> list[DriftedMac]:
    """Return the first `limit` drifts of a card that are open and that nobody has answered."""
    return _with_registrations(session, and_(Drift.card_id == card_id, UNDECIDED), limit)


def newest(session: Session, limit: int) -> list[DriftedMac]:
    """Return the first `limit` open drifts, with their registrations."""
    return _with_registrations(session, OPEN, limit)


def _with_registrations(
    session: Session, condition: ColumnElement[bool], limit: int
) -> list[DriftedMac]:
    query = select(Drift, Registration).join(Registration).where(condition)
    rows = session.execute(query.order_by(Drift.id).limit(limit))
    return [DriftedMac(*row) for row in rows]


def redraw(session: Session, drifts: Iterable[Drift], at: datetime) -> None:
    """Enqueue the cards of drifts, each once."""
    ids = {drift.card_id for drift in drifts} - {None}
    for card in session.scalars(select(Card).where(Card.id.in_(ids)).order_by(Card.id)):
        outbox.enqueue_card(session, card, at=at, thread=_thread(session, card))


def _thread(session: Session, card: Card) -> Card | None:
    """The card of the Mac in whose thread a card is; None for a card that tells of several."""
    shown = on_card(session, card, 1)
    card_id = shown.first[0].registration.card_id if shown.total == 1 else None
    return None if card_id is None else session.get(Card, card_id)
