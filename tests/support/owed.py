"""The messages that the outbox still owes."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from provisioning.outbox.models import OWED, SLACK, in_state


def count_pending(session: Session, transport: str = SLACK) -> int:
    """The number of pending messages of a transport."""
    return session.scalar(select(func.count()).where(in_state(OWED, transport))) or 0
