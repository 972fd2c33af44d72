"""The retention of files that were sent to Slack: they are large, and deleted after an hour."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from provisioning.outbox.models import FILE, PARKED, PENDING, Document, Notification

RETENTION = timedelta(hours=1)


def prune(session: Session, now: datetime) -> None:
    """Delete the files that no pending message needs."""
    old = select(Document.id).where(Document.created_at < now - RETENTION)
    ids = set(session.scalars(old))
    if not ids:
        return
    pending = select(Notification.facts).where(
        Notification.kind == FILE, Notification.state.in_((PENDING, PARKED))
    )
    ids -= {payload["document"] for payload in session.scalars(pending)}
    session.execute(delete(Document).where(Document.id.in_(ids)))
