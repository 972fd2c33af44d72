"""Being reminded of a Mac that is not done by a certain time."""

from datetime import datetime

from sqlalchemy.orm import Session

from provisioning.outbox import outbox
from provisioning.outbox.models import REMINDER, Notification
from provisioning.registrations.models import CONFIRMED, Registration


def remind(
    session: Session, registration: Registration, user: str, due_at: datetime, *, at: datetime
) -> bool:
    """Owe a person a direct message about a Mac at `due_at`, which is not sent if it is done then.

    Returns False where they are to be reminded of it at that minute already.
    """
    return outbox.owe_drawn(
        session,
        REMINDER,
        channel=user,
        facts={"serial": registration.name, "registration": registration.id},
        at=at,
        once=f"remind {registration.id} {user} {due_at:%Y-%m-%dT%H:%M}",
        due_at=due_at,
    )


def still_open(session: Session, owed: Notification) -> Registration | None:
    """Return the Mac of a reminder; None where it was confirmed or cancelled meanwhile."""
    registration = session.get_one(Registration, owed.facts["registration"])
    is_done = registration.state == CONFIRMED or registration.closed_at is not None
    return None if is_done else registration
