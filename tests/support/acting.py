"""People who do something and take it back, as the people's door would record it."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from provisioning.munki import Destination
from provisioning.registrations import changes, operations
from provisioning.registrations.models import Operation
from provisioning.registrations.operations import Undone
from provisioning.values.serials import Serial


def did(session: Session, what: str, *, by: str, at: datetime | None = None) -> Operation:
    """The operation of a person, now unless told otherwise."""
    return operations.begin(session, what, by=by, via="command", at=at or datetime.now(UTC))


def undo(session: Session, act_id: int, *, by: str, at: datetime) -> Undone:
    """Take an act back, with the button below its message."""
    undoing = operations.begin(session, "undone", by=by, via="button", at=at)
    return operations.undo(session, operations.begin_undo(session, act_id, undoing), undoing)


def move(session: Session, serial: Serial, destination: Destination, *, act: Operation) -> None:
    """Send a registered Mac somewhere else."""
    changes.move(session, [changes.lock_open(session, serial)], destination, act)


def reimage(session: Session, serial: Serial, *, act: Operation) -> None:
    """Have a registered Mac wait for another first boot."""
    changes.apply(session, [changes.lock_open(session, serial)], changes.reimage, act)


def cancel(session: Session, serial: Serial, *, act: Operation) -> None:
    """Close the registration of a Mac."""
    changes.apply(session, [changes.lock_open(session, serial)], changes.cancel, act)
