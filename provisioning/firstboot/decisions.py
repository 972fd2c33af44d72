"""Decisions about Macs' manifests that Rollcall never wrote and that have two of one kind.

Nothing is written before a person has said what becomes of the two.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.errors import RollcallError
from provisioning.firstboot.models import Decision
from provisioning.munki.layout import Include, Kind
from provisioning.munki.layout.ownership import TwoOfAKind, WrittenIncludes
from provisioning.outbox import outbox
from provisioning.outbox.models import DECISION, Card
from provisioning.registrations import changes, history, queries
from provisioning.registrations.changes import Edit
from provisioning.registrations.models import FAILED, WAITING, Mac, Operation, Registration
from provisioning.values.serials import Serial

OUT, STAY = "out", "stay"  # answers: both go, or both are left alone

_OPEN = Decision.settled_at.is_(None)


class AlreadyDecided(RollcallError):
    """A question about a Mac's manifest that another person answered first."""

    def __init__(self, serial: str, by: str) -> None:
        super().__init__(f"It was decided already what becomes of the includes of {serial}.")
        self.serial, self.by = serial, by


def is_asked(session: Session, serial: Serial, error: TwoOfAKind) -> bool:
    """Return True where people are asked about this already; reads only."""
    registration = queries.find_open(session, serial)
    decision = registration and _open_of(session, registration)
    return bool(registration and decision and _asks(decision, registration, error))


def ask(session: Session, serial: Serial, error: TwoOfAKind, *, channel: str, at: datetime) -> None:
    """Ask in the thread of a Mac's card what becomes of the two, once.

    `channel` hears of a Mac that has no registration: there is nothing to keep an answer with.
    """
    registration = queries.find_open(session, serial, lock=True)
    if registration is None:
        outbox.enqueue_trouble(session, channel=channel, sentence=str(error), at=at)
        return
    decision = _open_of(session, registration)
    if decision is None:
        decision = _begin(session, registration, error, at)
    elif not _asks(decision, registration, error):
        decision.revision, decision.kind = registration.revision, error.kind
        decision.paths = list(error.paths)
        session.flush()
    else:
        return
    _show(session, decision, registration, at)


def decide(
    session: Session, registration_id: int, revision: int, answer: str, *, operation: Operation
) -> Decision | None:
    """Keep an answer, OUT or STAY, with the registration whose `revision` was asked about.

    Returns None where that is not asked any more, because the registration changed since. Raises
    AlreadyDecided.
    """
    registration = session.get_one(
        Registration, registration_id, with_for_update=True, populate_existing=True
    )
    decision = newest(session, registration_id, revision)
    if decision is None:
        return None
    if decision.settled_at is not None and decision.settled_by is not None:
        raise AlreadyDecided(registration.name, decision.settled_by)
    is_current = registration.revision == revision and registration.closed_at is None
    decision.settled_at = operation.at
    if is_current and decision.answer is None:
        decision.settled_by, decision.answer = operation.by, answer
        _write(session, registration, decision, operation)
    session.flush()
    _show(session, decision, registration, operation.at)
    return decision if decision.answer else None


def newest(session: Session, registration_id: int, revision: int) -> Decision | None:
    """Return the last question about a registration of that revision; None without one."""
    query = select(Decision).where(
        Decision.registration_id == registration_id, Decision.revision == revision
    )
    return session.scalars(query.order_by(Decision.id.desc())).first()


def on_card(session: Session, card: Card) -> tuple[Decision, Registration]:
    """Return the question that a card shows, and the registration that it is about."""
    decision = session.scalars(select(Decision).where(Decision.card_id == card.id)).one()
    return decision, session.get_one(Registration, decision.registration_id)


def _begin(
    session: Session, registration: Registration, error: TwoOfAKind, at: datetime
) -> Decision:
    above = _card_of(session, registration)
    channel = above.channel if above else registration.channel
    card = outbox.open_card(session, DECISION, channel=channel, at=at)
    decision = Decision(
        registration_id=registration.id,
        card_id=card.id,
        revision=registration.revision,
        kind=error.kind,
        paths=list(error.paths),
        asked_at=at,
    )
    session.add(decision)
    session.flush()
    return decision


def _show(session: Session, decision: Decision, registration: Registration, at: datetime) -> None:
    card = session.get_one(Card, decision.card_id)
    outbox.enqueue_card(session, card, at=at, thread=_card_of(session, registration))


def _write(
    session: Session, registration: Registration, decision: Decision, operation: Operation
) -> None:
    """Keep with a registration what becomes of the two; a Mac that failed by them waits again."""
    stored = registration.includes
    written = WrittenIncludes.from_json(stored) if stored else WrittenIncludes()
    kind, paths = Kind(decision.kind), tuple(decision.paths)
    includes = (
        WrittenIncludes(written.ours, (*written.theirs, *paths))
        if decision.answer == STAY
        else WrittenIncludes(
            (*written.ours, *(Include(kind, path) for path in paths)), written.theirs
        )
    )
    new: dict[str, Any] = {"includes": includes.to_json()}
    if registration.state == FAILED:
        new |= {"state": WAITING, "step": None}
    changes.apply(session, [Mac.of(registration)], lambda mac, _: Edit(mac, new), operation)
    event = history.event_of(session, registration.id, operation)
    if event is not None:
        history.merge(event, {}, {decision.answer or "": list(paths)})


def _open_of(session: Session, registration: Registration) -> Decision | None:
    query = select(Decision).where(Decision.registration_id == registration.id, _OPEN)
    return session.scalars(query).one_or_none()


def _asks(decision: Decision, registration: Registration, error: TwoOfAKind) -> bool:
    """True where a question is about what is in the manifest now."""
    about = decision.revision, decision.kind, tuple(decision.paths)
    return about == (registration.revision, error.kind, error.paths)


def _card_of(session: Session, registration: Registration) -> Card | None:
    return session.get(Card, registration.card_id) if registration.card_id else None
