"""What nobody asks for any more. Registrations and their events are kept for ever."""

from datetime import datetime, timedelta

from sqlalchemy import delete, null, or_, select, update
from sqlalchemy.orm import Session

from provisioning import exposures, looks, promises
from provisioning.models import (
    CARD,
    DIGEST,
    DROPPED,
    FILE,
    OWED,
    PARKED,
    REGISTERED,
    REMINDER,
    SENT,
    TROUBLE,
    UNSAID,
    Document,
    Import,
    Notification,
)
from provisioning.monitoring import heartbeats

DAILY = timedelta(days=1)
KEPT = timedelta(days=90)
LOOKS_KEPT = timedelta(days=2)  # of a card: each is but the wish to draw it
DOCUMENTS_KEPT = timedelta(hours=1)
# Kinds whose `once` names a time, so that it is never owed again.
_TIMED = (CARD, TROUBLE, DIGEST, REMINDER)


def prune_daily(session: Session, now: datetime) -> None:
    """Delete settled messages and what files held, after KEPT, and what has ended; once a day."""
    if now - looks.take_turn(session, "pruning", now) < DAILY:
        return
    looks.note(session, "pruning", now)
    promises.forget(session, now)
    exposures.forget(session, now)
    heartbeats.prune(session)
    settled = Notification.state.in_((SENT, UNSAID))
    forgettable = or_(Notification.once.is_(None), Notification.kind.in_(_TIMED))
    old = forgettable & (Notification.settled_at < now - KEPT)
    drawn = (Notification.kind == CARD) & (Notification.settled_at < now - LOOKS_KEPT)
    session.execute(delete(Notification).where(settled, old | drawn))
    session.execute(
        update(Import)
        .where(
            Import.state.in_((DROPPED, REGISTERED)),
            Import.settled_at < now - KEPT,
            Import.reading.is_not(None),
        )
        .values(reading=null())
    )


def prune_documents(session: Session, now: datetime) -> None:
    """Delete files of ours that Slack has."""
    old = select(Document.id).where(Document.created_at < now - DOCUMENTS_KEPT)
    ids = set(session.scalars(old))
    if not ids:
        return
    owed = select(Notification.facts).where(
        Notification.kind == FILE, Notification.state.in_((OWED, PARKED))
    )
    ids -= {facts["document"] for facts in session.scalars(owed)}
    session.execute(delete(Document).where(Document.id.in_(ids)))
