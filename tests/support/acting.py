"""People who do something and take it back, as the people's door would record it."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from provisioning.registrations import operations
from provisioning.registrations.models import Operation
from provisioning.registrations.operations import Undone


def did(session: Session, what: str, *, by: str, at: datetime | None = None) -> Operation:
    """The act of somebody, now unless told otherwise."""
    return operations.begin(session, what, by=by, via="command", at=at or datetime.now(UTC))


def undo(session: Session, act_id: int, *, by: str, at: datetime) -> Undone:
    """Take an act back, with the button below its message."""
    undoing = operations.begin(session, "undone", by=by, via="button", at=at)
    return operations.undo(session, operations.begin_undo(session, act_id, undoing), undoing)
