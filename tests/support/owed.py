"""The messages that the outbox still owes."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.outbox.models import PENDING, SLACK, TROUBLE, Notification, in_state


def count_pending(session: Session, transport: str = SLACK) -> int:
    """The number of pending messages of a transport."""
    return session.scalar(select(func.count()).where(in_state(PENDING, transport))) or 0


def troubles(database: Database) -> list[str]:
    """The sentences about trouble that channels hear."""
    with database.reading() as session:
        rows = session.scalars(select(Notification).where(Notification.kind == TROUBLE))
        return [row.facts["sentence"] for row in rows]
