"""Retention of the outbox: how long messages and files that Slack has are kept."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from provisioning.outbox.models import (
    CARD,
    DIGEST,
    FILE,
    OWED,
    PARKED,
    REMINDER,
    SENT,
    TROUBLE,
    UNSAID,
    Document,
    Notification,
)

RETENTION = timedelta(days=90)
LOOKS_KEPT = timedelta(days=2)  # of a card: each is but the wish to draw it
DOCUMENTS_KEPT = timedelta(hours=1)
# Kinds whose `once` names a time, so that it is never owed again.
_TIMED = (CARD, TROUBLE, DIGEST, REMINDER)


def prune(session: Session, now: datetime) -> None:
    """Delete messages that were settled RETENTION ago; it costs a look at all of them."""
    is_settled = Notification.state.in_((SENT, UNSAID))
    forgettable = or_(Notification.once.is_(None), Notification.kind.in_(_TIMED))
    old = forgettable & (Notification.settled_at < now - RETENTION)
    drawn = (Notification.kind == CARD) & (Notification.settled_at < now - LOOKS_KEPT)
    session.execute(delete(Notification).where(is_settled, old | drawn))


def prune_documents(session: Session, now: datetime) -> None:
    """Delete files of ours that Slack has."""
    old = select(Document.id).where(Document.created_at < now - DOCUMENTS_KEPT)
    ids = set(session.scalars(old))
    if not ids:
        return
    pending = select(Notification.facts).where(
        Notification.kind == FILE, Notification.state.in_((OWED, PARKED))
    )
    ids -= {payload["document"] for payload in session.scalars(pending)}
    session.execute(delete(Document).where(Document.id.in_(ids)))
