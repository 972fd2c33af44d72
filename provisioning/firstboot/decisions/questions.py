"""Questions about Macs' manifests: each has a card in the thread of its Mac's card."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.errors import RollcallError
from provisioning.firstboot.models import Decision
from provisioning.outbox import outbox
from provisioning.outbox.models import DECISION, Card
from provisioning.registrations.models import Registration

_OPEN = Decision.settled_at.is_(None)


class AlreadyDecided(RollcallError):
    """A question about a Mac's manifest that is settled; `by` is None where no person did it."""

    def __init__(self, serial: str, by: str | None) -> None:
        super().__init__(
            "It was decided already what becomes of the manifest of {serial}.", serial=serial
        )
        self.serial, self.by = serial, by


def open_of(session: Session, registration: Registration) -> Decision | None:
    """Return the open question about a registration; None where there is none."""
    query = select(Decision).where(Decision.registration_id == registration.id, _OPEN)
    return session.scalars(query).one_or_none()


def put(
    session: Session, registration: Registration, kind: str, paths: Sequence[str], at: datetime
) -> None:
    """Ask about these `paths`; the question replaces another open one."""
    decision = open_of(session, registration)
    if decision is None:
        decision = Decision(
            registration_id=registration.id,
            card_id=_new_card(session, registration, at).id,
            asked_at=at,
        )
        session.add(decision)
    decision.revision, decision.kind = registration.revision, kind
    decision.paths = [*paths]
    session.flush()
    show(session, decision, registration, at)


def show(session: Session, decision: Decision, registration: Registration, at: datetime) -> None:
    """Enqueue the card of a question."""
    card = session.get_one(Card, decision.card_id)
    outbox.enqueue_card(session, card, at=at, thread=_card_of(session, registration))


def on_card(session: Session, card: Card) -> tuple[Decision, Registration]:
    """Return the question that a card shows, and the registration that it is about."""
    decision = session.scalars(select(Decision).where(Decision.card_id == card.id)).one()
    return decision, session.get_one(Registration, decision.registration_id)


def _new_card(session: Session, registration: Registration, at: datetime) -> Card:
    above = _card_of(session, registration)
    channel = above.channel if above else registration.channel
    return outbox.open_card(session, Card(kind=DECISION, channel=channel, created_at=at))


def _card_of(session: Session, registration: Registration) -> Card | None:
    return session.get(Card, registration.card_id) if registration.card_id else None
